using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>
/// The outcomes reported to this installation, read from the store as cumulative counters, exactly as Prometheus would
/// give them: one instance, whose "process" began with the store.
/// </summary>
public sealed class BuiltInOutcomeSource(OutcomeStore store, TimeProvider time) : IOutcomeSource
{
    public const string Instance = "store";

    private static readonly Dictionary<string, DateTimeOffset> Starts = new(StringComparer.Ordinal) { [Instance] = DateTimeOffset.UnixEpoch };

    /// <summary>
    /// In every reading, so that the instance is known before it counts anything: one that appears later, in a reading
    /// after an empty one, would be a baseline, and what was reported first would be lost.
    /// </summary>
    private static readonly CounterSample Presence = new(new("", TrackKey.Stable, "", Indicator.Availability), false, Instance, 0);

    /// <summary>
    /// The state before anything was ever reported. The counters are this installation's own and began at zero, so
    /// that the first reading counts in full instead of being a baseline.
    /// </summary>
    public static CounterReading Beginning { get; } = new() { Status = ReadingStatus.Ok, At = DateTimeOffset.UnixEpoch, Samples = [Presence], ProcessStarts = Starts };

    public async ValueTask<CounterReading> ReadAsync(CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        try
        {
            return ToReading(await store.ReadAsync(), at);
        }
        catch (Exception lost) when (!cancellationToken.IsCancellationRequested)
        {
            return CounterReading.Unavailable(at, $"the store did not answer ({lost.GetType().Name})");
        }
    }

    private static CounterReading ToReading(OutcomeCounters counters, DateTimeOffset at)
    {
        var samples = new List<CounterSample>((counters.Totals.Count * 2) + 1) { Presence };
        var ages = new Dictionary<MeasuredRow, TimeSpan>();
        foreach (var (series, count) in counters.Totals)
        {
            samples.Add(new(series, false, Instance, count.Good));
            samples.Add(new(series, true, Instance, count.Bad));
            if (counters.Reported.TryGetValue((series.Feature, series.Track), out var reported))
                ages[series.Row] = at > reported ? at - reported : TimeSpan.Zero;
        }

        return new() { Status = ReadingStatus.Ok, At = at, Samples = samples, Ages = ages, ProcessStarts = Starts, DoubtFor = TimeSpan.Zero };
    }
}
