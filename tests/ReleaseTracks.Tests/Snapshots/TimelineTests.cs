using ReleaseTracks.Ledger;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class TimelineTests
{
    private const string Half = """[{"variant":"on","weight":50},{"variant":"off","weight":50}]""";

    [Fact]
    public void Timeline_FeatureThatMatures_TellsEveryMove()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.Change($"[{LedgerBuilder.PutFeature("f")}]");
        ledger.Change($$"""[{"op":"release.set","feature":"f","track":"ai","allocation":{{Half}}}]""");
        ledger.Change("""[{"op":"release.set","feature":"f","track":"innovative","allocation":[{"variant":"on","weight":100}]}]""");

        var events = Read(ledger).Of("f");

        Assert.Equal([FeatureEventKind.Added, FeatureEventKind.Reweighted, FeatureEventKind.Moved], events.Select(one => one.Kind));
        Assert.Equal((TrackKey.Ai, 100d), (events[0].To, events[0].Percent));
        Assert.Equal((TrackKey.Ai, 100d, 50d), (events[1].Track, events[1].WasPercent, events[1].Percent));
        Assert.Equal((TrackKey.Ai, TrackKey.Innovative), (events[2].From, events[2].To));
        Assert.All(events, one => Assert.NotNull(one.Plan));
    }

    [Fact]
    public void Timeline_RolledBackKilledAndBack_TellsWhyAndWhen()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.Change($"[{LedgerBuilder.PutFeature("f")},{LedgerBuilder.PutFeature("other")}]");
        ledger.RollBack("rb", TrackKey.Ai, false, "f");
        ledger.Append(EntryTypes.FeatureKilled, """{"feature":"f","reason":"legal"}""");
        ledger.Change("""[{"op":"feature.revive","feature":"f"},{"op":"rollback.clear","feature":"f","track":"ai"}]""");

        var timeline = Read(ledger);
        var events = timeline.Of("f").Skip(1).ToArray();

        Assert.Equal(
            [FeatureEventKind.RolledBack, FeatureEventKind.Killed, FeatureEventKind.Revived, FeatureEventKind.Cleared], events.Select(one => one.Kind));
        Assert.Equal(("rb", "12 of 40 failed"), (events[0].Rollback, events[0].Reason));
        Assert.Equal("legal", events[1].Reason);
        Assert.Equal("rb", events[3].Rollback);
        Assert.Single(timeline.Of("other"));
        Assert.Equal(ledger.State.Revision, timeline.Revision);
    }

    [Fact]
    public void Timeline_ManyChanges_KeepsTheNewest()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.Change($"[{LedgerBuilder.PutFeature("f")}]");
        for (var i = 0; i < Timeline.Most + 10; i++)
            ledger.Change($$"""[{"op":"release.set","feature":"f","track":"ai","allocation":{{(i % 2 == 0 ? Half : """[{"variant":"on","weight":100}]""")}}}]""");

        var events = Read(ledger).Of("f");

        Assert.Equal(Timeline.Most, events.Count);
        Assert.Equal(ledger.State.Revision, events[^1].Seq);
    }

    private static Timeline Read(LedgerBuilder ledger)
    {
        var (state, timeline) = (Snapshot.Empty, Timeline.Empty);
        foreach (var entry in ledger.Entries.Select(bytes => LedgerEntryCodec.Read(bytes)))
        {
            var next = SnapshotFold.Apply(state, entry);
            timeline = timeline.Add(state, entry, next);
            state = next;
        }

        return timeline;
    }
}
