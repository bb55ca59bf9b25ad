using Prometheus;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>One row of a batch of outcomes, as the server takes it.</summary>
internal sealed record OutcomeRow(string Feature, string Track, string Variant, string Indicator, long Good, long Bad);

/// <summary>
/// Counts outcomes twice: as the counter that Prometheus scrapes, with every series there from the start at 0, and as
/// rows not yet reported to the server.
/// </summary>
internal sealed class OutcomeLog
{
    public const string Availability = "availability";
    public const string Latency = "latency";
    public const string Quality = "quality";
    private static readonly string[] Tracks = ["stable", "innovative", "ai"];
    private readonly Lock gate = new();
    private readonly Counter counter;
    private Dictionary<(string Feature, string Track, string Variant, string Indicator), (long Good, long Bad)> unreported = [];

    public OutcomeLog()
    {
        // The process also hosts the server, which has metrics of its own.
        Registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(Registry);
        counter = Metrics.WithCustomRegistry(Registry).CreateCounter(
            "releasetracks_outcomes_total", "Good and bad events per feature, track, variant and indicator.",
            "feature", "track", "variant", "indicator", "outcome");
        foreach (var feature in DemoFeature.All)
        {
            foreach (var (track, variant) in Tracks.SelectMany(track => feature.Variants.Select(variant => (track, variant))))
            {
                foreach (var indicator in (string[])[Availability, Latency, Quality])
                    CreateSeries(feature.Key, track, variant, indicator);
            }
        }
    }

    public CollectorRegistry Registry { get; }

    public void Record(string feature, string track, string variant, string indicator, bool good)
    {
        counter.WithLabels(feature, track, variant, indicator, good ? "good" : "bad").Inc();
        lock (gate)
        {
            var (goods, bads) = unreported.GetValueOrDefault((feature, track, variant, indicator));
            unreported[(feature, track, variant, indicator)] = good ? (goods + 1, bads) : (goods, bads + 1);
        }
    }

    /// <summary>What was not reported yet; the caller reports it now.</summary>
    public OutcomeRow[] Take()
    {
        lock (gate)
        {
            var taken = unreported;
            unreported = [];
            return [.. taken.Select(row => new OutcomeRow(
                row.Key.Feature, row.Key.Track, row.Key.Variant, row.Key.Indicator, row.Value.Good, row.Value.Bad))];
        }
    }

    private void CreateSeries(string feature, string track, string variant, string indicator)
    {
        counter.WithLabels(feature, track, variant, indicator, "good").IncTo(0);
        counter.WithLabels(feature, track, variant, indicator, "bad").IncTo(0);
    }
}
