using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

public sealed class StaleCheckTests
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    public StaleCheckTests() => ledger.Change($"[{LedgerBuilder.PutFeature("a")},{LedgerBuilder.PutFeature("b")}]");

    private string? Find(Plan plan) => StaleCheck.Find(plan, ledger.State);

    [Fact]
    public void NothingMoved_MayBeApplied() => Assert.Null(Find(ledger.Propose(Widen("a"))));

    [Fact]
    public void OtherFeatureMoved_MayBeApplied()
    {
        var plan = ledger.Propose(Widen("a"));
        ledger.Change(Widen("b"));
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "b");
        Assert.Null(Find(plan));
    }

    [Fact]
    public void SameFeatureMoved_OtherTrackOfIt_IsStale()
    {
        var plan = ledger.Propose(Widen("a"));
        ledger.Change("""[{"op":"release.set","feature":"a","track":"innovative","allocation":[{"variant":"on","weight":100}]}]""");
        Assert.Equal($"feature/a changed at revision {ledger.State.Revision}, after the plan's base revision {plan.BaseRevision}.", Find(plan));
    }

    [Fact]
    public void RolledBackSince_IsStale()
    {
        var plan = ledger.Propose(Widen("a"));
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        Assert.StartsWith("feature/a changed", Find(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void KilledSince_IsStale()
    {
        var plan = ledger.Propose(Widen("a"));
        ledger.Append(EntryTypes.FeatureKilled, """{"feature":"a"}""");
        Assert.StartsWith("feature/a changed", Find(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void NewFeature_MadeBySomebodyElseSince_IsStale()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("new")}]");
        ledger.Change($"[{LedgerBuilder.PutFeature("new", ai: null)}]");
        Assert.StartsWith("feature/new changed", Find(plan), StringComparison.Ordinal);
    }

    [Fact]
    public void TrackOrOrganisationMoved_IsStaleForThoseThatTouchIt()
    {
        var track = ledger.Propose("""[{"op":"track.put","track":{"key":"innovative","cohortPercent":5}}]""", "track");
        var organisation = ledger.Propose("""[{"op":"organisation.put","organisation":{"id":"o/1","ceiling":"stable"}}]""", "organisation");
        Assert.Null(Find(track));
        Assert.Null(Find(organisation));
        ledger.Change("""[{"op":"organisation.put","organisation":{"id":"o/1","ceiling":"innovative"}}]""");
        Assert.Null(Find(track));
        Assert.StartsWith("organisation/o/1 changed", Find(organisation), StringComparison.Ordinal);
        ledger.RollBack("r1", TrackKey.Innovative, wholeTrack: true, "a");
        Assert.StartsWith("track/innovative changed", Find(track), StringComparison.Ordinal);
    }

    [Fact]
    public void ClearOfTheTrack_FeatureMovedSince_IsStale()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a", "b");
        var plan = ledger.Propose("""[{"op":"rollback.clear","track":"ai"}]""");
        ledger.Change("""[{"op":"rollback.clear","feature":"b","track":"ai"}]""");
        Assert.StartsWith("feature/b changed", Find(plan), StringComparison.Ordinal);
    }

    private static string Widen(string feature) =>
        $$"""[{"op":"release.set","feature":"{{feature}}","track":"ai","allocation":[{"variant":"on","weight":60},{"variant":"off","weight":40}]}]""";
}
