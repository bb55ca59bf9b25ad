using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Objectives;

/// <summary>Why outcomes did not arrive anywhere.</summary>
internal enum OutcomeLoss
{
    /// <summary>The server was away for too long.</summary>
    Overflow,

    /// <summary>The server does not take them, such as those of a feature that was archived.</summary>
    Refused,

    /// <summary>There are too many series.</summary>
    Series,
}

/// <summary>Outcomes as counters, and the count of those that were lost. Observed, so that a listener that comes late has every series.</summary>
internal sealed class OutcomeInstruments
{
    private readonly long[] lost = new long[Enum.GetValues<OutcomeLoss>().Length];

    public OutcomeInstruments(ClientMetrics metrics, OutcomeCounts counts, IOptions<ReleaseTracksOptions> options)
    {
        metrics.Meter.CreateObservableCounter("releasetracks.client.outcomes.dropped", Losses, null, "Outcomes that were counted in the app but arrived nowhere.");
        var name = options.Value.Outcomes switch
        {
            OutcomeDelivery.OpenTelemetry => "releasetracks.outcomes",
            OutcomeDelivery.PrometheusNet => "outcomes_total",
            _ => null,
        };
        if (name is not null)
            metrics.Meter.CreateObservableCounter(name, () => Measure(counts), null, "Good and bad events per feature, track, variant and indicator.");
    }

    public void Lose(OutcomeLoss why, long events) => Interlocked.Add(ref lost[(int)why], events);

    private IEnumerable<Measurement<long>> Losses() => Enum.GetValues<OutcomeLoss>().Select(why =>
        new Measurement<long>(Interlocked.Read(ref lost[(int)why]), new KeyValuePair<string, object?>("reason", why.ToString().ToLowerInvariant())));

    private static IEnumerable<Measurement<long>> Measure(OutcomeCounts counts)
    {
        foreach (var (key, cell) in counts.All)
        {
            yield return new(cell.Good, Tags(key, "good"));
            yield return new(cell.Bad, Tags(key, "bad"));
        }
    }

    private static KeyValuePair<string, object?>[] Tags(OutcomeSeriesKey key, string outcome) =>
    [
        new("feature", key.Feature), new("track", key.Track.Wire()), new("variant", key.Variant), new("indicator", key.Indicator.Wire()), new("outcome", outcome),
    ];
}
