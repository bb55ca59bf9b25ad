using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Prometheus;

public static class CustomSources
{
    /// <summary>The own expressions of every objective in force: a track's for all its features, a feature's for all tracks.</summary>
    public static IReadOnlyList<CustomSource> Of(Snapshot state)
    {
        var tracks =
            from track in state.Tracks
            from objective in track.Value.Config.Objectives
            where objective.Source is not null
            select new CustomSource(objective.Id, objective.Indicator, objective.Source!, null, (TrackKey?)track.Key);
        var features =
            from feature in state.Served
            from objective in feature.Config.Objectives
            where objective.Source is not null
            select new CustomSource(objective.Id, objective.Indicator, objective.Source!, feature.Config.Key, (TrackKey?)null);
        return [.. tracks, .. features];
    }
}
