using System.Collections.Frozen;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Store;

/// <summary>The name of a series among the counters.</summary>
internal static class OutcomeFields
{
    public static string Of(OutcomeSeries series) =>
        $"{series.Feature}|{series.Track.Wire()}|{series.Variant}|{series.Indicator.Wire()}";

    /// <summary>The variant may hold anything, so it is found by taking the others off both ends.</summary>
    public static bool TryParse(string field, out OutcomeSeries series)
    {
        series = default;
        var first = field.IndexOf('|', StringComparison.Ordinal);
        var second = first < 0 ? -1 : field.IndexOf('|', first + 1);
        var last = field.LastIndexOf('|');
        if (second < 0 || last <= second
            || !TrackKeys.TryParse(field[(first + 1)..second], out var track)
            || !Indicators.TryParse(field[(last + 1)..], out var indicator))
        {
            return false;
        }

        series = new(field[..first], track, field[(second + 1)..last], indicator);
        return true;
    }
}

/// <summary>Events of one series in one batch.</summary>
public sealed record OutcomeCount(
    string Feature, TrackKey Track, string Variant, Indicator Indicator, long Good, long Bad)
{
    internal OutcomeSeries Series => new(Feature, Track, Variant, Indicator);
}

/// <summary>A cumulative counter pair.</summary>
public readonly record struct OutcomeTotals(long Good, long Bad);

/// <summary>Every cumulative counter, and when each (feature, track) last reported.</summary>
public sealed record OutcomeCounters(
    FrozenDictionary<OutcomeSeries, OutcomeTotals> Totals,
    FrozenDictionary<(string Feature, TrackKey Track), DateTimeOffset> Reported);
