using System.Globalization;

namespace ReleaseTracks.Objectives;

/// <summary>What one poll says about one row: how fresh, why, and what is wrong with its set-up.</summary>
public sealed record RowMeasurement(Freshness Freshness, TimeSpan? Age, string? Reason, string? Warning)
{
    /// <summary>Whether the row could not be measured. A blind row changes nothing.</summary>
    public bool IsBlind => Freshness is not (Freshness.Fresh or Freshness.Idle);
}

/// <summary>Judges the data of every registered row; what is not registered is not judged.</summary>
public static class MeasurementClassifier
{
    /// <summary>Three of whichever interval is longer: data cannot be fresher than it is scraped or polled.</summary>
    public static TimeSpan StaleAfter(TimeSpan scrapeInterval, TimeSpan pollInterval) =>
        3 * (scrapeInterval > pollInterval ? scrapeInterval : pollInterval);

    public static IReadOnlyDictionary<MeasuredRow, RowMeasurement> Classify(
        CounterReading reading, DeltaResult deltas, IEnumerable<MeasuredRow> rows, TimeSpan staleAfter)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(deltas);
        ArgumentNullException.ThrowIfNull(rows);
        var (seen, behind) = Counters(reading, deltas.Behind);
        var active = deltas.Counts.Keys.Select(series => series.Row).ToHashSet();
        var result = new Dictionary<MeasuredRow, RowMeasurement>();
        foreach (var row in rows)
            result[row] = Fault(reading, row) ?? Behind(row, seen, behind) ?? Judge(reading, row, seen, active.Contains(row), staleAfter);
        return result;
    }

    private static RowMeasurement? Fault(CounterReading reading, MeasuredRow row)
    {
        if (reading.Status == ReadingStatus.Unavailable) return Blind(Freshness.Unavailable, reading.Fault);
        if (reading.Status == ReadingStatus.Partial) return Blind(Freshness.Partial, reading.Fault);
        if (row.Objective is null || reading.Sources.FirstOrDefault(source => source.Fault is not null && source.Covers(row)) is not { } failed)
            return null;
        return Blind(failed.Partial ? Freshness.Partial : Freshness.Unavailable, failed.Fault);
    }

    private static RowMeasurement? Behind(MeasuredRow row, Dictionary<MeasuredRow, Seen> seen, HashSet<MeasuredRow> behind) =>
        !seen.ContainsKey(row) && behind.Contains(row) ? Blind(Freshness.Stale, "the answer is older than one before it") : null;

    private static RowMeasurement Judge(
        CounterReading reading, MeasuredRow row, Dictionary<MeasuredRow, Seen> seen, bool active, TimeSpan staleAfter)
    {
        if (!seen.TryGetValue(row, out var counters)) return Blind(Freshness.NoData, "no such series is reported");
        TimeSpan? age = reading.Ages.TryGetValue(row, out var known) ? known : null;
        if (age > staleAfter)
        {
            var reason = string.Create(
                CultureInfo.InvariantCulture, $"newest sample is {age.Value.TotalSeconds:0} s old, limit {staleAfter.TotalSeconds:0} s");
            return new RowMeasurement(Freshness.Stale, age, reason, null);
        }

        var warning = counters is { HasEvents: true, HasBad: false }
            ? "the bad counter is not pre-created: counted as 0 bad; create every outcome series at 0"
            : null;
        return new RowMeasurement(active ? Freshness.Fresh : Freshness.Idle, age, null, warning);
    }

    private static RowMeasurement Blind(Freshness freshness, string? reason) => new(freshness, null, reason, null);

    private static (Dictionary<MeasuredRow, Seen> Seen, HashSet<MeasuredRow> Behind) Counters(
        CounterReading reading, IReadOnlySet<(string Source, string Instance)> skipped)
    {
        var seen = new Dictionary<MeasuredRow, Seen>();
        var behind = new HashSet<MeasuredRow>();
        foreach (var sample in reading.Samples.Where(sample => double.IsFinite(sample.Value)))
        {
            if (skipped.Contains((sample.Source, sample.Instance)))
            {
                behind.Add(sample.Series.Row);
                continue;
            }

            // Where the good part is counted, bad is what is left of the total: nothing needs to be pre-created.
            var hasBad = sample.Bad || sample.Part is CounterPart.TotalWithGood or CounterPart.GoodOfTotal;
            seen.TryGetValue(sample.Series.Row, out var before);
            seen[sample.Series.Row] = new Seen(before.HasEvents || sample.Value > 0, before.HasBad || hasBad);
        }

        return (seen, behind);
    }

    private readonly record struct Seen(bool HasEvents, bool HasBad);
}
