using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>
/// The standard outcomes counter in PromQL, for other tools. A bare selector: whoever wants a rate can take it of every
/// series before adding them up, which is the only right order. On import the same words mean the standard counter again,
/// and any other words are an expression of the user's own, so that nothing somebody edited is ever ignored.
/// </summary>
internal static class OpenSloQueries
{
    private const string Counter = "releasetracks_outcomes_total";

    public static ObjectiveSource Standard(TrackKey? track, string? feature, Indicator indicator, Indicator? totalFrom)
    {
        var scope = track is { } key ? $"track=\"{key.Wire()}\"" : $"feature=\"{feature}\"";
        var own = $"{scope},indicator=\"{indicator.Wire()}\"";
        // Opportunities of another indicator have no good events of this one: only the bad ones can be counted.
        return totalFrom is { } other && other != indicator
            ? new(null, $"{Counter}{{{own},outcome=\"bad\"}}", $"{Counter}{{{scope},indicator=\"{other.Wire()}\"}}")
            : new($"{Counter}{{{own},outcome=\"good\"}}", null, $"{Counter}{{{own}}}");
    }
}
