using ReleaseTracks.Objectives;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Rollbacks;

/// <summary>
/// One interval's outcomes, put together the way the guard compares them. Treatment: the feature's non-fallback
/// variants on the track. Control: its fallback, on any track. Of a track as a whole: the sums over its features; those
/// that serve their fallback there by now are left out, because what trickles in of them is not the others' fault.
/// </summary>
public sealed class TreatmentControl
{
    private readonly Dictionary<Slot, OutcomeCounts> treatment = [];
    private readonly Dictionary<Slot, OutcomeCounts> control = [];

    public TreatmentControl(Snapshot state, IReadOnlyDictionary<OutcomeSeries, OutcomeCounts> counts)
    {
        foreach (var (series, events) in counts)
        {
            if (state.Find(series.Feature) is not { } feature)
                continue;
            var isControl = series.Variant == feature.Config.Fallback;
            var into = isControl ? control : treatment;
            TrackKey? track = isControl ? null : series.Track;
            Add(into, new(series.Feature, track, series.Indicator, series.Objective), events);
            if (isControl || (!feature.Switches.Archived && feature.Exposes(series.Track)))
                Add(into, new(null, track, series.Indicator, series.Objective), events);
        }
    }

    /// <summary>The interval of one row. For harm the total is that of another indicator: every use is an opportunity.</summary>
    public IntervalCounts Of(RowSpec row)
    {
        var (total, bad) = Of(treatment, row, row.Key.Track);
        var (controlTotal, controlBad) = Of(control, row, null);
        return new(total, bad, controlTotal, controlBad);
    }

    /// <summary>Whether anybody was served more than the fallback of the feature on the track, by any indicator.</summary>
    public bool AnyTreatment(string feature, TrackKey track) =>
        treatment.Any(pair => pair.Key.Feature == feature && pair.Key.Track == track && pair.Value.Total > 0);

    private static (long Total, long Bad) Of(Dictionary<Slot, OutcomeCounts> from, RowSpec row, TrackKey? track)
    {
        var objective = row.Objective;
        var own = from.GetValueOrDefault(new(row.Key.Feature, track, objective.Indicator, objective.Source is null ? null : objective.Id));
        var total = objective is { Source: null, TotalFrom: { } other } && other != objective.Indicator
            ? from.GetValueOrDefault(new(row.Key.Feature, track, other, null)).Total
            : own.Total;
        return (total, own.Bad);
    }

    private static void Add(Dictionary<Slot, OutcomeCounts> into, Slot slot, OutcomeCounts events)
    {
        var before = into.GetValueOrDefault(slot);
        into[slot] = new(before.Good + events.Good, before.Bad + events.Bad);
    }

    private readonly record struct Slot(string? Feature, TrackKey? Track, Indicator Indicator, string? Objective);
}
