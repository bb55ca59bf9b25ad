namespace ReleaseTracks.Demo.SampleApp;

/// <summary>
/// Reports outcomes in batches. A batch whose answer was lost is sent again under the same id, and so counts once.
/// </summary>
internal sealed class OutcomeReporter(HttpClient http, OutcomeLog outcomes, TimeProvider time)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private Batch? open;

    public async Task RunAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(cancel))
        {
            if (open is null && outcomes.Take() is { Length: > 0 } rows)
                open = new($"demo-{Guid.NewGuid():N}", rows);
            if (open is not null && await SendAsync(open, cancel))
                open = null;
        }
    }

    /// <summary>False: send it again. A batch that was refused would be refused again.</summary>
    private async Task<bool> SendAsync(Batch batch, CancellationToken cancel)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("api/v1/outcomes", batch, cancel);
            return (int)response.StatusCode < 500;
        }
        catch (Exception lost) when (!cancel.IsCancellationRequested && lost is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private sealed record Batch(string BatchId, OutcomeRow[] Outcomes);
}
