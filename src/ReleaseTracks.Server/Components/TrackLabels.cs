using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Components;

public static class TrackLabels
{
    /// <summary>How a track is called on pages where its configured name is not at hand.</summary>
    public static string Label(this TrackKey track) => track switch
    {
        TrackKey.Stable => "Stable",
        TrackKey.Innovative => "Innovative",
        _ => "AI",
    };
}
