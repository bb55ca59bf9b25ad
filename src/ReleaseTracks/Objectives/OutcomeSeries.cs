using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives;

/// <summary>
/// Whose outcomes were counted. <see cref="Objective"/> is null for the standard outcomes counter and the
/// objective's id for a source of the user's own; there <see cref="Variant"/> is empty when the expression drops it.
/// </summary>
public readonly record struct OutcomeSeries(
    string Feature, TrackKey Track, string Variant, Indicator Indicator, string? Objective = null)
{
    /// <summary>The row this series belongs to, over all variants.</summary>
    public MeasuredRow Row => new(Feature, Track, Indicator, Objective);
}

/// <summary>One row whose freshness is judged: an indicator of a feature on a track, or one own source of an objective.</summary>
public readonly record struct MeasuredRow(string Feature, TrackKey Track, Indicator Indicator, string? Objective = null);

/// <summary>Events of one series in one interval.</summary>
public readonly record struct OutcomeCounts(long Good, long Bad)
{
    public long Total => Good + Bad;
}
