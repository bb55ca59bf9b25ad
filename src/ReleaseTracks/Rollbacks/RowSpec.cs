using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Rollbacks;

/// <summary>One row of the budgets: an objective of a feature on a track, or (feature null) of the whole track.</summary>
public readonly record struct RowKey(string? Feature, TrackKey Track, string Objective)
{
    /// <summary>Stands for the whole track; no feature's key can contain it.</summary>
    private const string WholeTrack = "*";

    /// <summary>The name of the row in the store.</summary>
    public override string ToString() => $"{Feature ?? WholeTrack}|{Track.Wire()}|{Objective}";

    public static RowKey? Parse(string text)
    {
        var parts = text.Split('|');
        return parts.Length == 3 && TrackKeys.TryParse(parts[1], out var track)
            ? new(parts[0] == WholeTrack ? null : parts[0], track, parts[2])
            : null;
    }
}

/// <summary>
/// What is to be measured and judged, as one snapshot demands it. <see cref="Epoch"/> changes when the evidence must
/// start afresh, <see cref="Acted"/> says that the fallback is served already.
/// </summary>
public sealed record RowSpec(RowKey Key, Objective Objective, GuardSettings Settings, long Epoch, bool Acted)
{
    /// <summary>The revision at which the row's own rollback was last cleared; its error budget starts anew there.</summary>
    public long Cleared { get; init; }

    /// <summary>
    /// Every objective of every feature on each track where it serves more than its fallback or is held by a rollback,
    /// and every objective of each track as a whole.
    /// </summary>
    public static ImmutableArray<RowSpec> All(Snapshot state)
    {
        var rows = ImmutableArray.CreateBuilder<RowSpec>();
        // A track's objective is the same object for all its features, and so are its grids and logarithms.
        var settings = new Dictionary<Objective, GuardSettings>(ReferenceEqualityComparer.Instance);
        GuardSettings Of(Objective objective) => settings.TryGetValue(objective, out var known) ? known : settings[objective] = GuardSettings.For(objective);

        foreach (var (key, track) in state.Tracks)
        {
            foreach (var objective in track.Config.Objectives)
                rows.Add(new(new(null, key, objective.Id), objective, Of(objective), TrackEpoch(state, track), track.ClosedBy is not null) { Cleared = track.ClearedRevision });
            foreach (var feature in state.Served)
            {
                if (!feature.Exposes(key) && !feature.IsRolledBack(key))
                    continue;
                var epoch = feature.Switches.ClearedRevisions.GetValueOrDefault(key);
                foreach (var objective in ObjectivesOf(feature, track.Config))
                    rows.Add(new(new(feature.Config.Key, key, objective.Id), objective, Of(objective), epoch, !feature.Exposes(key)) { Cleared = epoch });
            }
        }

        return rows.ToImmutable();
    }

    /// <summary>The track's objectives, overridden by the feature's own where the id is the same.</summary>
    public static IEnumerable<Objective> ObjectivesOf(FeatureModel feature, Track track)
    {
        var own = feature.Config.Objectives;
        return track.Objectives.Where(objective => own.All(other => other.Id != objective.Id)).Concat(own);
    }

    /// <summary>
    /// A rollback of one feature ends the track's evidence too: what that feature did must not count against the
    /// others. So does clearing a track-wide rollback.
    /// </summary>
    private static long TrackEpoch(Snapshot state, TrackModel track)
    {
        var last = track.ClearedRevision;
        foreach (var feature in state.Served)
        {
            if (feature.Switches.RolledBack.TryGetValue(track.Config.Key, out var id) && state.Rollbacks.Find(id) is { WholeTrack: false } rollback)
                last = Math.Max(last, rollback.Revision);
        }

        return last;
    }
}
