using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>One interval as measured: what each row saw, and how far it could be seen at all.</summary>
public sealed class ControlMeasure
{
    private readonly IReadOnlyDictionary<MeasuredRow, RowMeasurement> measured;
    private readonly ILookup<(TrackKey, string), RowSpec> featureRows;

    private ControlMeasure(
        CounterReading reading,
        DateTimeOffset? began,
        TreatmentControl counts,
        IReadOnlyDictionary<MeasuredRow, RowMeasurement> measured,
        ImmutableArray<RowSpec> rows)
    {
        Reading = reading;
        Began = began;
        Counts = counts;
        this.measured = measured;
        Rows = rows;
        featureRows = rows.Where(row => row.Key.Feature is not null).ToLookup(row => (row.Key.Track, row.Key.Objective));
    }

    public CounterReading Reading { get; }

    /// <summary>The last good reading before this one; null on the first.</summary>
    public DateTimeOffset? Began { get; }

    public TreatmentControl Counts { get; }

    public ImmutableArray<RowSpec> Rows { get; }

    public bool IsGood => Reading.Status == ReadingStatus.Ok;

    public static ControlMeasure Take(Snapshot snapshot, CounterReading reading, ControlState state, TimeSpan staleAfter)
    {
        var rows = state.RowsOf(snapshot);
        var began = state.LastReading;
        var deltas = state.Deltas.Apply(reading);
        var measured = MeasurementClassifier.Classify(
            reading, deltas, rows.Where(row => row.Key.Feature is not null).Select(Measured).Distinct(), staleAfter);
        if (reading.Status == ReadingStatus.Ok)
            state.LastReading = reading.At;
        return new(reading, began, new(snapshot, deltas.Counts), measured, rows);
    }

    /// <summary>
    /// A track as a whole is as fresh as the freshest of its features: one that reports is enough to judge by, and the
    /// blind ones say so in their own rows. A track nobody is measured on is idle, not blind.
    /// </summary>
    public RowMeasurement Of(RowSpec row)
    {
        if (row.Key.Feature is not null)
            return measured[Measured(row)];
        return featureRows[(row.Key.Track, row.Key.Objective)].Select(Of).OrderBy(one => one.Freshness).FirstOrDefault()
            ?? new(Freshness.Idle, null, null, null);
    }

    /// <summary>Harm is counted against the uses, so the uses are what must be fresh.</summary>
    private static MeasuredRow Measured(RowSpec row)
    {
        var objective = row.Objective;
        return objective.Source is null
            ? new(row.Key.Feature!, row.Key.Track, objective.TotalFrom ?? objective.Indicator)
            : new(row.Key.Feature!, row.Key.Track, objective.Indicator, objective.Id);
    }
}
