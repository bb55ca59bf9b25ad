using ReleaseTracks.Ledger;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class RollbackJsonTests
{
    [Fact]
    public void Ledger_Rollback_KeepsEverythingKnownAtTheCommit()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true, "a", "b");
        var read = ledger.State.Rollbacks.Find("r1")!;
        Assert.Equal(("r1", true, TrackKey.Ai, RollbackCause.BreachProven, "availability"), (read.Id, read.WholeTrack, read.Track, read.Cause, read.Objective));
        Assert.Equal(["a", "b"], read.Features);
        Assert.Equal(["12 of 40 failed"], read.Reasons);
        Assert.Equal(new RollbackEvidence(7.5, null, 8.25, 4.6), read.Evidence);
        Assert.Equal(new RollbackCounts(40, 12, 400, 1), read.Counts);
        Assert.Equal(new RankedFeature("b", 11.5, 12, 40, true), read.Ranking[1]);
        Assert.Equal((ledger.State.Revision, ledger.State.At, Make.Actor), (read.Revision, read.At, read.Actor));
    }

    [Fact]
    public void Live_FeatureRollback_HasTheContractsFields()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
        ledger.Append(EntryTypes.RollbackVerified, """{"rollback":"r1"}""");
        var json = Make.Json(Make.Text(writer => RollbackJson.WriteLive(writer, ledger.State.Rollbacks.Find("r1")!)));
        foreach (var name in new[] { "id", "scope", "feature", "track", "at", "cause", "objective", "reasons", "evidence", "counts", "verifiedAt", "state" })
            Assert.True(json.TryGetProperty(name, out _), name);
        Assert.Equal(("feature", "a", "verified", "breach-proven"), (
            json.GetProperty("scope").GetString(), json.GetProperty("feature").GetString(), json.GetProperty("state").GetString(), json.GetProperty("cause").GetString()));
        Assert.Equal(System.Text.Json.JsonValueKind.Null, json.GetProperty("clearedAt").ValueKind);
    }

    [Fact]
    public void Live_TrackRollback_HasNoSingleFeature()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: true);
        var json = Make.Json(Make.Text(writer => RollbackJson.WriteLive(writer, ledger.State.Rollbacks.Find("r1")!)));
        Assert.Equal(("track", null), (json.GetProperty("scope").GetString(), json.GetProperty("feature").GetString()));
    }

    [Fact]
    public void Ledger_Trail_ReadsBackWithItsGaps()
    {
        var ledger = LedgerBuilder.Opened();
        EvidencePoint[] trail = [new(Make.Now, -0.5, null), new(Make.Now.AddSeconds(15), null, null), new(Make.Now.AddSeconds(30), 5.1234, 3.25)];
        ledger.Append(EntryTypes.RollbackCommitted, ReleaseTracks.Plans.Json.Object(json => RollbackJson.WriteMembers(json, new()
        {
            Id = "r1",
            Features = ["a"],
            Track = TrackKey.Ai,
            At = Make.Now,
            Cause = RollbackCause.BreachProven,
            Trail = [.. trail],
            RisingSince = Make.Now,
            ProvenAt = Make.Now.AddSeconds(30),
            Actor = Make.Actor,
        })));
        var read = ledger.State.Rollbacks.Find("r1")!;
        Assert.Equal([trail[0], trail[1], trail[2] with { G = 5.123 }], read.Trail);
        Assert.Equal((Make.Now, Make.Now.AddSeconds(30)), (read.RisingSince!.Value, read.ProvenAt!.Value));
    }

    [Fact]
    public void Ledger_EntryFromBeforeThereWereTrails_HasNone()
    {
        var ledger = LedgerBuilder.Opened();
        ledger.Append(EntryTypes.RollbackCommitted, """{"id":"r1","scope":"feature","features":["a"],"track":"ai","cause":"manual","objective":null,"reasons":[],"evidence":null,"counts":null,"ranking":[]}""");
        var read = ledger.State.Rollbacks.Find("r1")!;
        Assert.Empty(read.Trail);
        Assert.Null(read.RisingSince);
    }

    [Fact]
    public void Codes_Causes_ReadBack()
    {
        foreach (var cause in Enum.GetValues<RollbackCause>())
            Assert.Equal(cause, RollbackCodes.ParseCause(cause.Wire()));
        Assert.Null(RollbackCodes.ParseCause("boredom"));
        Assert.Equal(["committed", "verified", "unverified", "cleared"], Enum.GetValues<RollbackState>().Select(state => state.Wire()));
    }
}
