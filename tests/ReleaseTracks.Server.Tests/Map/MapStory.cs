using ReleaseTracks.Ledger;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Map;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Server.Tests.Map;

/// <summary>A ledger and the pictures of it.</summary>
internal sealed class MapStory
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    public long Revision => ledger.State.Revision;

    public MapStory Add(params string[] features) =>
        Change($"[{string.Join(',', features.Select(feature => LedgerBuilder.PutFeature(feature)))}]");

    public MapStory Release(string feature, string track, int percent = 100) => Change(
        $$"""[{"op":"release.set","feature":"{{feature}}","track":"{{track}}","allocation":[{"variant":"on","weight":{{percent}}},{"variant":"off","weight":{{100 - percent}}}]}]""");

    public MapStory RollBack(string feature)
    {
        ledger.RollBack("rb" + Revision, ReleaseTracks.Tracks.TrackKey.Ai, false, feature);
        return this;
    }

    public MapStory Kill(string feature)
    {
        ledger.Append(EntryTypes.FeatureKilled, $$"""{"feature":"{{feature}}","reason":"legal"}""");
        return this;
    }

    public MapStory Change(string changes)
    {
        ledger.Change(changes);
        return this;
    }

    public MapModel Draw(long? at = null, Func<ReleaseTracks.Features.FeatureModel, bool>? shows = null)
    {
        var (state, shown, timeline) = (Snapshot.Empty, Snapshot.Empty, Timeline.Empty);
        foreach (var entry in ledger.Entries.Select(bytes => LedgerEntryCodec.Read(bytes)))
        {
            var next = SnapshotFold.Apply(state, entry);
            timeline = timeline.Add(state, entry, next);
            state = next;
            if (next.Revision <= (at ?? long.MaxValue))
                shown = next;
        }

        return MapLayout.Of(new(state, shown, timeline, _ => Verdict.Healthy, shows ?? (_ => true)));
    }
}
