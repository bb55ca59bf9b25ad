namespace ReleaseTracks.Demo.SampleApp;

/// <summary>What one user was served; no content means that it failed.</summary>
internal sealed record Served<T>(Assignment? Assignment, T? Content)
    where T : class;

/// <summary>
/// The one place where the sample app decides by variant and measures what came of it. Availability: it came at all.
/// Latency: it came in time (the decision what to serve not included). Quality: it is what the page promises.
/// </summary>
internal sealed class FeatureServing(FlagClient flags, OutcomeLog outcomes, ServedLog served, TimeProvider time)
{
    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(400);

    public async Task<Served<T>> ServeAsync<T>(
        DemoFeature feature, string user, T plain, Func<Task<T>> special, Func<T, bool> isGood, CancellationToken cancel)
        where T : class
    {
        if (await flags.EvaluateAsync(feature, user, cancel) is not { } assignment)
            return new(null, plain);
        served.Saw(feature, user, assignment);
        var started = time.GetTimestamp();
        var content = await TryAsync(assignment.Variant == feature.Special ? special : () => Task.FromResult(plain), cancel);
        Record(feature, assignment, OutcomeLog.Availability, content is not null);
        if (content is not null)
        {
            Record(feature, assignment, OutcomeLog.Latency, time.GetElapsedTime(started) <= InTime);
            Record(feature, assignment, OutcomeLog.Quality, isGood(content));
        }

        return new(assignment, content);
    }

    /// <summary>Null when the backend failed. A reader who left is not a failure.</summary>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> make, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await make();
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private void Record(DemoFeature feature, Assignment assignment, string indicator, bool good) =>
        outcomes.Record(feature.Key, assignment.Track, assignment.Variant, indicator, good);
}
