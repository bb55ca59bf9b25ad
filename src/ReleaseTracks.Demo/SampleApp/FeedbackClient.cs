namespace ReleaseTracks.Demo.SampleApp;

/// <summary>Passes a reader's report on to the server, which counts it as harm of what that reader was served.</summary>
internal sealed class FeedbackClient(HttpClient http)
{
    public async Task ReportAsync(DemoFeature feature, string user, string category, string text, CancellationToken cancel)
    {
        using var response = await http.PostAsJsonAsync("api/v1/feedback", new { feature = feature.Key, user, category, text }, cancel);
        response.EnsureSuccessStatusCode();
    }
}
