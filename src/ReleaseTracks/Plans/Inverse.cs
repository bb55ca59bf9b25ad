using System.Collections.Immutable;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>The changes that take a plan back, in reverse order.</summary>
public static class Inverse
{
    /// <summary>
    /// Rollbacks and kills are not restored by a change but by their own commands, so clearing one has no inverse here.
    /// </summary>
    public static ImmutableArray<Change> Of(PlanDraft draft)
    {
        var inverse = new Stack<Change>();
        var state = draft.Before;
        foreach (var change in draft.Changes)
        {
            if (Of(change, state) is { } back)
                inverse.Push(back);
            state = ChangeApplier.Apply(state, change, draft.After.Revision + 1, new(), "");
        }

        return Replacing([.. inverse], draft.After);
    }

    /// <summary>An old disclosure comes back under a new version: a version that somebody was shown never changes its text.</summary>
    private static ImmutableArray<Change> Replacing(ImmutableArray<Change> inverse, Snapshot state)
    {
        var changes = ImmutableArray.CreateBuilder<Change>(inverse.Length);
        foreach (var change in inverse)
        {
            var possible = change switch
            {
                Change.FeaturePut put => new Change.FeaturePut(put.Feature with
                {
                    Disclosure = put.Feature.Disclosure?.Replacing(state.Find(put.Feature.Key)?.Config.Disclosure),
                }),
                Change.TrackPut put => new Change.TrackPut(put.Track with
                {
                    Disclosure = put.Track.Disclosure?.Replacing(state.Tracks.GetValueOrDefault(put.Track.Key)?.Config.Disclosure),
                }),
                _ => change,
            };
            changes.Add(possible);
            state = ChangeApplier.Apply(state, possible, state.Revision + 1, new(), "");
        }

        return changes.ToImmutable();
    }

    private static Change? Of(Change change, Snapshot before) => change switch
    {
        Change.FeaturePut put => before.FindUnarchived(put.Feature.Key) is { } was
            ? new Change.FeaturePut(was.Config)
            : new Change.FeatureArchive(put.Feature.Key),
        Change.FeatureArchive archive => new Change.FeaturePut(before.Find(archive.Feature)!.Config),
        Change.ReleaseSet set => BackTo(before, set.Feature, set.Track),
        Change.ReleaseRemove remove => BackTo(before, remove.Feature, remove.Track),
        Change.TrackPut put => before.Tracks.GetValueOrDefault(put.Track.Key) is { } was ? new Change.TrackPut(was.Config) : null,
        Change.OrganisationPut put => new Change.OrganisationPut(
            before.Organisations.GetValueOrDefault(put.Organisation.Id) ?? new(put.Organisation.Id, TrackKey.Ai)),
        Change.DestinationPut put => before.Destinations.GetValueOrDefault(put.Destination.Key) is { IsRemoved: false } was
            ? new Change.DestinationPut(was.Config)
            : new Change.DestinationRemove(put.Destination.Key),
        Change.DestinationRemove remove => new Change.DestinationPut(before.Destinations[remove.Destination].Config),
        _ => null,
    };

    private static Change BackTo(Snapshot before, string feature, TrackKey track) =>
        before.Find(feature)!.Config.Releases.TryGetValue(track, out var allocation)
            ? new Change.ReleaseSet(feature, track, allocation)
            : new Change.ReleaseRemove(feature, track);
}
