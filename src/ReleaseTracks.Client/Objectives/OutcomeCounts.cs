using System.Collections.Concurrent;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Objectives;

/// <summary>Labels of one pair of counters.</summary>
internal readonly record struct OutcomeSeriesKey(string Feature, TrackKey Track, string Variant, Indicator Indicator);

/// <summary>Good and bad events since the app started.</summary>
internal sealed class OutcomeCell
{
    private long good;
    private long bad;
    private long takenGood;
    private long takenBad;

    public long Good => Interlocked.Read(ref good);

    public long Bad => Interlocked.Read(ref bad);

    public void Add(bool isGood) => Interlocked.Increment(ref isGood ? ref good : ref bad);

    /// <summary>What was not taken before. One taker.</summary>
    public (long Good, long Bad) Take()
    {
        var (nowGood, nowBad) = (Good, Bad);
        var taken = (nowGood - takenGood, nowBad - takenBad);
        (takenGood, takenBad) = (nowGood, nowBad);
        return taken;
    }
}

/// <summary>
/// The outcomes of this process. Series that can occur are there from the start at 0, so that the first bad event is a
/// rise and not a beginning; their number is bounded, whatever names come in.
/// </summary>
internal sealed class OutcomeCounts
{
    private const int MostSeries = 50_000;
    private static readonly Indicator[] Measured = [Indicator.Availability, Indicator.Latency];
    private readonly ConcurrentDictionary<OutcomeSeriesKey, OutcomeCell> cells = new();

    public OutcomeCounts(SnapshotState snapshots) => snapshots.Published += Prepare;

    public IEnumerable<KeyValuePair<OutcomeSeriesKey, OutcomeCell>> All => cells;

    /// <returns>False if there are too many series already; then nothing is counted.</returns>
    public bool Add(OutcomeSeriesKey key, bool good)
    {
        if (!cells.TryGetValue(key, out var cell) && (cells.Count >= MostSeries || (cell = cells.GetOrAdd(key, _ => new())) is null))
            return false;
        cell.Add(good);
        return true;
    }

    private void Prepare(ClientSnapshot snapshot)
    {
        foreach (var feature in snapshot.State.Served)
        {
            foreach (var track in TrackKeys.All)
                Prepare(feature, track);
        }
    }

    private void Prepare(FeatureModel feature, TrackKey track)
    {
        var variants = feature.Served(track).Ranges.Select(range => range.Result.Variant?.Name).OfType<string>().Append(feature.Config.Fallback).Distinct(StringComparer.Ordinal);
        foreach (var variant in variants)
        {
            // Quality is what the AI track promises by default.
            foreach (var indicator in feature.Config.Ai ? [.. Measured, Indicator.Quality] : Measured)
            {
                if (cells.Count < MostSeries)
                    cells.TryAdd(new(feature.Config.Key, track, variant, indicator), new());
            }
        }
    }
}
