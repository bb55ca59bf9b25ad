using System.Globalization;
using ReleaseTracks.Demo.Hosting;
using ReleaseTracks.Demo.SampleApp;
using ReleaseTracks.Demo.Traffic;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Demo.Story;

/// <summary>The healthy phase: it begins when the server measures the traffic, not when the traffic begins.</summary>
internal sealed class Warmup(DemoOptions options, DemoServer server, Uri product, ReaderLoad load, Storyteller story, TimeProvider time)
{
    private static readonly TimeSpan Healthy = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan HintAfter = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public async Task RunAsync(CancellationToken cancel)
    {
        var began = time.GetUtcNow();
        var hinted = options.Prometheus is null;
        while (!IsMeasured())
        {
            if (!hinted && time.GetUtcNow() - began > HintAfter)
            {
                hinted = true;
                story.Write(ScrapeHint.For(options.Prometheus!, product, server.Address, WhyBlind()));
            }

            await Task.Delay(Look, time, cancel);
        }

        var pages = load.Pages;
        var measured = time.GetTimestamp();
        story.Tell(time.GetUtcNow(), $"Traffic is measured {(options.Prometheus is null ? "from the reported outcomes" : "through Prometheus")}; all is well for {Healthy.TotalSeconds:0} s");
        await Task.Delay(Healthy, time, cancel);
        var rate = (load.Pages - pages) / time.GetElapsedTime(measured).TotalSeconds;
        story.Tell(time.GetUtcNow(), string.Create(
            CultureInfo.InvariantCulture, $"{rate:0} pages/s were served; the AI features are {(IsHealthy() ? "within their objectives" : "NOT all within their objectives")}"));
    }

    private bool IsMeasured() => new[] { DemoFeature.RankedFeed, DemoFeature.Summaries }.All(feature =>
        server.Budgets.Rows().Any(row => row.Key.Feature == feature.Key && row.Key.Track == TrackKey.Ai && row.Freshness == Freshness.Fresh));

    private bool IsHealthy() => server.Budgets.Rows().Where(row => row.Key.Track == TrackKey.Ai).All(row => row.Verdict != Verdict.Failed);

    private string WhyBlind() =>
        server.Budgets.Rows().Where(row => row.Key.Feature == DemoFeature.RankedFeed.Key && row.Key.Track == TrackKey.Ai)
            .SelectMany(row => row.Reasons).FirstOrDefault() ?? "The control loop has measured nothing yet.";
}
