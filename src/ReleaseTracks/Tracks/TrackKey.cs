namespace ReleaseTracks.Tracks;

/// <summary>
/// The three release tracks in rising order of exposure. The order is the meaning: a user on a higher track
/// gets everything released to the lower ones, so the numeric values must never be rearranged.
/// </summary>
public enum TrackKey
{
    Stable = 0,
    Innovative = 1,
    Ai = 2,
}

/// <summary>The tracks as they appear on the wire, in metrics and in the ledger.</summary>
public static class TrackKeys
{
    public const int Count = 3;

    public static IReadOnlyList<TrackKey> All { get; } = [TrackKey.Stable, TrackKey.Innovative, TrackKey.Ai];

    public static string Wire(this TrackKey track) => track switch
    {
        TrackKey.Stable => "stable",
        TrackKey.Innovative => "innovative",
        TrackKey.Ai => "ai",
        _ => throw new ArgumentOutOfRangeException(nameof(track), track, "Not a track."),
    };

    public static bool TryParse(string? text, out TrackKey track)
    {
        (var found, track) = text switch
        {
            "stable" => (true, TrackKey.Stable),
            "innovative" => (true, TrackKey.Innovative),
            "ai" => (true, TrackKey.Ai),
            _ => (false, TrackKey.Stable),
        };
        return found;
    }
}
