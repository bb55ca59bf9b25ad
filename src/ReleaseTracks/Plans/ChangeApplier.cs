using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>
/// What a change does to a state. The fold of the ledger and the making of a plan both come through here, so a plan
/// shows exactly what applying it will do.
/// </summary>
public static class ChangeApplier
{
    /// <returns>The changed state, or the same state when the change is not possible; then the errors say why.</returns>
    public static Snapshot Apply(Snapshot state, Change change, long revision, InputErrors errors, string path) => change switch
    {
        Change.FeaturePut put => Put(state, put.Feature, revision, errors, path),
        Change.FeatureArchive archive => OnFeature(state, archive.Feature, errors, path, feature =>
            feature.With(revision, switches: feature.Switches with { Archived = true })),
        Change.FeatureRevive revive => OnFeature(state, revive.Feature, errors, path, feature => Revive(feature, revision, errors, path)),
        Change.ReleaseSet set => OnFeature(state, set.Feature, errors, path, feature => SetRelease(feature, set, revision, errors, path)),
        Change.ReleaseRemove remove => OnFeature(state, remove.Feature, errors, path, feature => RemoveRelease(feature, remove, revision, errors, path)),
        Change.RollbackClear { Feature: null } clear => OpenTrack(state, clear.Track, revision, errors, path),
        Change.RollbackClear clear => OnFeature(state, clear.Feature!, errors, path, feature => ClearRollback(feature, clear.Track, revision, errors, path)),
        Change.TrackPut put => PutTrack(state, put.Track, revision, errors, path),
        Change.OrganisationPut put => state with
        {
            Organisations = state.Organisations.SetItem(put.Organisation.Id, put.Organisation with { Revision = revision }),
        },
        Change.DestinationPut put => PutDestination(state, put.Destination, revision, errors, path),
        Change.DestinationRemove remove => RemoveDestination(state, remove.Destination, revision, errors, path),
        _ => throw new ArgumentOutOfRangeException(nameof(change), change.Op, "Not a change."),
    };

    /// <summary>An archived feature that is put again keeps its rollbacks and its kill: archiving must not launder them.</summary>
    private static Snapshot Put(Snapshot state, Feature feature, long revision, InputErrors errors, string path)
    {
        CheckDisclosure(state.Find(feature.Key)?.Config.Disclosure, feature.Disclosure, errors, $"{path}.feature");
        var model = state.Find(feature.Key) is { } existing
            ? existing.With(revision, feature, existing.Switches with { Archived = false })
            : new FeatureModel(feature, revision);
        return state with { Features = state.Features.SetItem(feature.Key, model) };
    }

    private static Snapshot OnFeature(Snapshot state, string key, InputErrors errors, string path, Func<FeatureModel, FeatureModel> change)
    {
        if (state.FindUnarchived(key) is not { } feature)
        {
            errors.Add($"{path}.feature", "There is no such feature; put it first, or correct the key.");
            return state;
        }

        return state with { Features = state.Features.SetItem(key, change(feature)) };
    }

    private static FeatureModel Revive(FeatureModel feature, long revision, InputErrors errors, string path)
    {
        if (!feature.Switches.Killed)
            errors.Add($"{path}.feature", "The feature is not killed: nothing to revive.");
        return feature.With(revision, switches: feature.Switches with { KilledReason = null, KilledAt = null });
    }

    private static FeatureModel SetRelease(FeatureModel feature, Change.ReleaseSet set, long revision, InputErrors errors, string path)
    {
        var before = errors.Count;
        foreach (var share in set.Allocation)
        {
            if (feature.Config.Find(share.Variant) is null)
                errors.Add($"{path}.allocation", $"The feature has no variant '{Text.Shown(share.Variant)}'.");
        }

        return errors.Count > before ? feature : feature.With(revision, feature.Config with { Releases = feature.Config.Releases.SetItem(set.Track, set.Allocation) });
    }

    private static FeatureModel RemoveRelease(FeatureModel feature, Change.ReleaseRemove remove, long revision, InputErrors errors, string path)
    {
        if (!feature.Config.Releases.ContainsKey(remove.Track))
            errors.Add($"{path}.track", "The feature has no release of its own on this track: nothing to remove.");
        return feature.With(revision, feature.Config with { Releases = feature.Config.Releases.Remove(remove.Track) });
    }

    private static FeatureModel ClearRollback(FeatureModel feature, TrackKey track, long revision, InputErrors errors, string path)
    {
        if (!feature.IsRolledBack(track))
            errors.Add($"{path}.track", "The feature is not rolled back on this track: nothing to clear.");
        return feature.With(revision, switches: feature.Switches with
        {
            RolledBack = feature.Switches.RolledBack.Remove(track),
            ClearedRevisions = feature.Switches.ClearedRevisions.SetItem(track, revision),
        });
    }

    private static Snapshot OpenTrack(Snapshot state, TrackKey track, long revision, InputErrors errors, string path)
    {
        var model = state.Tracks.GetValueOrDefault(track);
        if (model?.ClosedBy is null)
        {
            errors.Add($"{path}.track", "The track is not closed by a track-wide rollback: name the feature to clear.");
            return state;
        }

        var opened = model with { ClosedBy = null, ClearedRevision = revision, Revision = revision };
        return state with { Tracks = state.Tracks.SetItem(track, opened) };
    }

    private static Snapshot PutTrack(Snapshot state, Track track, long revision, InputErrors errors, string path)
    {
        var existing = state.Tracks.GetValueOrDefault(track.Key);
        CheckDisclosure(existing?.Config.Disclosure, track.Disclosure, errors, $"{path}.track");
        var model = existing is null ? new TrackModel(track, revision) : existing with { Config = track, Revision = revision };
        return state with { Tracks = state.Tracks.SetItem(track.Key, model) };
    }

    private static Snapshot PutDestination(Snapshot state, Destination destination, long revision, InputErrors errors, string path)
    {
        var existing = state.Destinations.GetValueOrDefault(destination.Key) is { IsRemoved: false } known ? known : null;
        if (existing is null && state.Destinations.Values.Count(one => !one.IsRemoved) >= Destination.Most)
            errors.Add($"{path}.destination", $"There are {Destination.Most} destinations already; remove one first.");
        // How far a webhook has heard says nothing about an Alertmanager.
        var since = existing?.Config.Kind == destination.Kind ? existing.Since : revision;
        return state with { Destinations = state.Destinations.SetItem(destination.Key, new(destination, since, revision)) };
    }

    private static Snapshot RemoveDestination(Snapshot state, string key, long revision, InputErrors errors, string path)
    {
        if (state.Destinations.GetValueOrDefault(key) is not { IsRemoved: false } existing)
        {
            errors.Add($"{path}.destination", "There is no such destination: nothing to remove.");
            return state;
        }

        return state with { Destinations = state.Destinations.SetItem(key, existing with { IsRemoved = true, Revision = revision }) };
    }

    private static void CheckDisclosure(Disclosure? was, Disclosure? now, InputErrors errors, string path)
    {
        if (was is not null && now is not null && !now.MayReplace(was))
            errors.Add($"{path}.disclosure.version", $"The text changed or the version went back: the next version is {was.Version + 1}.");
    }
}
