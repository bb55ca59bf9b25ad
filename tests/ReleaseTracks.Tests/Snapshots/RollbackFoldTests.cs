using ReleaseTracks.Evaluation;
using ReleaseTracks.Ledger;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class RollbackFoldTests
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    public RollbackFoldTests() => ledger.Change($"[{LedgerBuilder.PutFeature("a", stable: "on")},{LedgerBuilder.PutFeature("b")},{LedgerBuilder.PutFeature("c")}]");

    private RollbackRecord Record(string id = "r1") => ledger.State.Rollbacks.Find(id)!;

    private Cause CauseOf(string feature, TrackKey track = TrackKey.Ai) => Evaluator.Evaluate(ledger.State.FindServed(feature)!, track, "u").Cause;

    [Fact]
    public void Committed_Feature_ServesTheFallbackOnThatTrackOnly()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        Assert.Equal((Cause.RolledBack, Cause.Released, Cause.Released), (CauseOf("a"), CauseOf("a", TrackKey.Stable), CauseOf("b")));
        Assert.Equal(RollbackState.Committed, Record().State);
        Assert.Equal(ledger.State.Revision, ledger.State.Find("a")!.Revision);
        Assert.Null(ledger.State.Tracks[TrackKey.Ai].ClosedBy);
    }

    [Fact]
    public void Lifecycle_CommittedVerifiedCleared_KeepsTheTimes()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        ledger.Append(EntryTypes.RollbackVerified, """{"rollback":"r1"}""");
        Assert.Equal((RollbackState.Verified, ledger.State.At), (Record().State, Record().VerifiedAt!.Value));
        ledger.Change("""[{"op":"rollback.clear","feature":"a","track":"ai"}]""");
        Assert.Equal((RollbackState.Cleared, ledger.State.At), (Record().State, Record().ClearedAt!.Value));
        Assert.Equal(ledger.State.Revision, ledger.State.Find("a")!.Switches.ClearedRevisions[TrackKey.Ai]);
        Assert.Equal(Cause.Released, CauseOf("a"));
        ledger.Append(EntryTypes.RollbackVerified, """{"rollback":"r1"}""");
        ledger.Append(EntryTypes.RollbackUnverified, """{"rollback":"r1"}""");
        Assert.Equal(RollbackState.Cleared, Record().State);
    }

    [Fact]
    public void Unverified_ThenSeen_IsVerified()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        ledger.Append(EntryTypes.RollbackUnverified, """{"rollback":"r1"}""");
        Assert.Equal((RollbackState.Unverified, (DateTimeOffset?)null), (Record().State, Record().VerifiedAt));
        ledger.Append(EntryTypes.RollbackVerified, """{"rollback":"r1"}""");
        Assert.Equal(RollbackState.Verified, Record().State);
    }

    [Fact]
    public void Verified_UnknownRollback_ChangesNothing()
    {
        ledger.Append(EntryTypes.RollbackVerified, """{"rollback":"unknown"}""");
        Assert.Equal(0, ledger.State.Rollbacks.Count);
    }

    [Fact]
    public void Committed_Again_TheFirstRollbackHolds()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        ledger.RollBack("r2", TrackKey.Ai, wholeTrack: false, "a");
        Assert.Equal("r1", ledger.State.Find("a")!.Switches.RolledBack[TrackKey.Ai]);
        ledger.Change("""[{"op":"rollback.clear","feature":"a","track":"ai"}]""");
        Assert.Equal((RollbackState.Cleared, RollbackState.Cleared), (Record().State, Record("r2").State));
    }

    [Fact]
    public void WholeTrack_Closes_AndClearingItBringsBackItsFeatures()
    {
        ledger.RollBack("r0", TrackKey.Ai, wholeTrack: false, "c");
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a", "b", "c");
        Assert.Equal("r1", ledger.State.Tracks[TrackKey.Ai].ClosedBy);
        Assert.Equal(ledger.State.Revision, ledger.State.Tracks[TrackKey.Ai].Revision);
        Assert.Equal((Cause.RolledBack, Cause.RolledBack, Cause.RolledBack), (CauseOf("a"), CauseOf("b"), CauseOf("c")));

        var plan = ledger.Propose("""[{"op":"rollback.clear","track":"ai"}]""");
        Assert.Equal(["track/ai", "feature/a", "feature/b"], plan.Changes.Select(change => change.Resource));
        Assert.Equal("raises", plan.Document.GetProperty("exposure").GetString());
        ledger.Apply(plan);

        var track = ledger.State.Tracks[TrackKey.Ai];
        Assert.Equal((null, ledger.State.Revision), (track.ClosedBy, track.ClearedRevision));
        Assert.Equal((Cause.Released, Cause.Released, Cause.RolledBack), (CauseOf("a"), CauseOf("b"), CauseOf("c")));
        Assert.Equal((RollbackState.Committed, RollbackState.Cleared), (Record("r0").State, Record().State));
    }

    [Fact]
    public void WholeTrack_OneFeatureCleared_StaysOpenUntilTheTrackIsCleared()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a", "b");
        ledger.Change("""[{"op":"rollback.clear","feature":"a","track":"ai"}]""");
        Assert.Equal(("r1", RollbackState.Committed), (ledger.State.Tracks[TrackKey.Ai].ClosedBy, Record().State));
        ledger.Change("""[{"op":"rollback.clear","track":"ai"}]""");
        Assert.Equal(RollbackState.Cleared, Record().State);
        Assert.Equal(Cause.Released, CauseOf("b"));
    }

    [Fact]
    public void WholeTrack_FeatureArchivedMeanwhile_IsNotBroughtBack()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a", "b");
        ledger.Change("""[{"op":"feature.archive","feature":"b"}]""");
        ledger.Change("""[{"op":"rollback.clear","track":"ai"}]""");
        Assert.Equal(RollbackState.Committed, Record().State);
        Assert.True(ledger.State.Find("b")!.IsRolledBack(TrackKey.Ai));
    }

    [Fact]
    public void WholeTrack_SecondOne_KeepsTheFirstAsTheReason()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a");
        ledger.RollBack("r2", TrackKey.Ai, wholeTrack: true, "b");
        Assert.Equal("r1", ledger.State.Tracks[TrackKey.Ai].ClosedBy);
        ledger.Change("""[{"op":"rollback.clear","track":"ai"}]""");
        Assert.Equal((RollbackState.Cleared, RollbackState.Committed), (Record().State, Record("r2").State));
    }

    [Fact]
    public void TrackPut_WhileClosed_DoesNotOpenIt()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a");
        ledger.Change($$"""[{"op":"track.put","track":{{Make.Text(json => TrackJson.Write(json, DefaultTracks.All[2]))}}}]""");
        Assert.Equal("r1", ledger.State.Tracks[TrackKey.Ai].ClosedBy);
    }

    [Fact]
    public void FeaturePut_WhileRolledBack_DoesNotClearIt()
    {
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        Assert.Equal((Cause.RolledBack, RollbackState.Committed), (CauseOf("a"), Record().State));
    }

    [Fact]
    public void Clear_NothingToClear_SaysSo()
    {
        Assert.Equal(("changes[0].track", "The track is not closed by a track-wide rollback: name the feature to clear."), Only("""{"op":"rollback.clear","track":"ai"}"""));
        Assert.Equal(("changes[0].track", "The feature is not rolled back on this track: nothing to clear."), Only("""{"op":"rollback.clear","feature":"a","track":"ai"}"""));

        (string, string) Only(string change)
        {
            var error = Assert.Single(Make.ChangeErrors(ledger.State, $"[{change}]"));
            return (error.Path, error.Message);
        }
    }
}
