using ReleaseTracks.Features;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Evaluation;

/// <summary>OpenFeature's resolution reasons, as far as they occur here.</summary>
public enum Reason
{
    Static,
    TargetingMatch,
    Split,
    Default,
    Disabled,
}

/// <summary>Why a user gets what they get, in the words of the release channel.</summary>
public enum Cause
{
    Released,
    NotReleased,
    RolledBack,
    Killed,
    NoTargetingKey,
}

/// <summary>
/// What one feature is for one user. Built once per snapshot and shared by everybody who gets the same,
/// so it is immutable and compared by reference.
/// </summary>
public sealed class Result
{
    internal Result(FeatureModel feature, TrackKey track, Variant? variant, Reason reason, Cause cause)
    {
        Feature = feature.Config;
        Track = track;
        Variant = variant;
        Reason = reason;
        Cause = cause;
        IsFallback = variant is null || variant.Name == Feature.Fallback;
    }

    public Feature Feature { get; }

    /// <summary>The track the user is on (not the one whose release they inherit).</summary>
    public TrackKey Track { get; }

    /// <summary>Null when the feature is killed: the caller uses its own default.</summary>
    public Variant? Variant { get; }

    public Reason Reason { get; }

    public Cause Cause { get; }

    /// <summary>The plain path: nothing of what the feature exposes is served.</summary>
    public bool IsFallback { get; }
}

public static class ResultCodes
{
    public static string Wire(this Reason reason) => reason switch
    {
        Reason.Static => "STATIC",
        Reason.TargetingMatch => "TARGETING_MATCH",
        Reason.Split => "SPLIT",
        Reason.Default => "DEFAULT",
        _ => "DISABLED",
    };

    public static string Wire(this Cause cause) => cause switch
    {
        Cause.Released => "released",
        Cause.NotReleased => "not-released",
        Cause.RolledBack => "rolled-back",
        Cause.Killed => "killed",
        _ => "no-targeting-key",
    };
}
