using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>An objective and what it is set for: exactly one of a track (all its features) and a feature (all its tracks).</summary>
public sealed record ScopedObjective(TrackKey? Track, string? Feature, Objective Objective)
{
    /// <summary>As the plan names what it touches: an objective is known by this and its id.</summary>
    public string Resource => Track is { } track ? Resources.Track(track) : Resources.Feature(Feature!);

    /// <summary>The tracks' in rising order, then the features' by key: exporting twice gives the same bytes.</summary>
    public static IEnumerable<ScopedObjective> In(Snapshot state) =>
    [
        .. from track in state.Tracks
           from objective in track.Value.Config.Objectives
           select new ScopedObjective(track.Key, null, objective),
        .. from feature in state.Served
           from objective in feature.Config.Objectives
           select new ScopedObjective(null, feature.Config.Key, objective),
    ];
}
