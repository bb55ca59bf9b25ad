using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class PlanFoldTests
{
    private static readonly Actor Ada = new(ActorKinds.Person, "ada", "cookie");
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    private static string Where(Action append) => Assert.Throws<LedgerFormatException>(append).Where;

    [Fact]
    public void Proposed_Plan_ChangesNothingElse()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        var model = ledger.State.Plans.Find("p1")!;
        Assert.Equal((PlanState.Proposed, 3L, true, (long?)null), (model.State, model.ProposedRevision, model.IsOpen, model.AppliedRevision));
        Assert.Equal((plan.Hash, 2L, Make.Actor), (model.Plan.Hash, model.Plan.BaseRevision, model.Plan.Author));
        Assert.Equal((Make.Now, Make.Now.AddDays(1)), (model.Plan.CreatedAt, model.Plan.ExpiresAt));
        Assert.Null(ledger.State.Find("a"));
        Assert.Equal(PlanState.Proposed, model.StateAt(model.Plan.ExpiresAt.AddTicks(-1)));
        Assert.Equal(PlanState.Expired, model.StateAt(model.Plan.ExpiresAt));
    }

    [Fact]
    public void Applied_Plan_SaysAtWhichRevision()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.Apply(plan);
        var model = ledger.State.Plans.Find("p1")!;
        Assert.Equal((PlanState.Applied, (long?)4, false), (model.State, model.AppliedRevision, model.IsOpen));
        Assert.Equal(PlanState.Applied, model.StateAt(Make.Now.AddYears(1)));
        Assert.Equal(4, ledger.State.Find("a")!.Revision);
    }

    [Fact]
    public void Applied_Twice_IsRefused()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.Apply(plan);
        Assert.Equal("$.data", Where(() => ledger.Apply(plan)));
    }

    [Fact]
    public void Proposed_Again_IsRefusedSoThatItCannotBeAppliedAgain()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.Apply(plan);
        Assert.Equal("$.data.plan.id", Where(() => ledger.Propose(plan)));
    }

    [Fact]
    public void Applied_WithAnotherHash_IsRefused()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        Assert.Equal("$.data", Where(() => ledger.Apply(plan, hash: new string('0', 64))));
    }

    [Fact]
    public void Proposed_WithAnotherHash_IsRefused()
    {
        var plan = Make.Plan(Make.Draft(ledger.State, $"[{LedgerBuilder.PutFeature("a")}]"));
        Assert.Equal("$.data.hash", Where(() => ledger.Propose(plan, hash: new string('0', 64))));
    }

    [Theory]
    [InlineData("{}", "plan")]
    [InlineData("""{"plan":1,"hash":"x"}""", "plan")]
    [InlineData("""{"plan":{},"hash":"x"}""", "plan.id")]
    [InlineData("""{"plan":{"id":"p","author":{"kind":"k","id":"i","method":"m"},"createdAt":"yesterday","expiresAt":"2026-11-22T00:00:00.0000000Z"},"hash":"x"}""", "plan.createdAt")]
    [InlineData("""{"plan":{"id":"p","changes":[{"op":"nope"}],"author":{"kind":"k","id":"i","method":"m"}},"hash":"x"}""", "plan.changes[0].op")]
    public void Proposed_NoPlan_IsRefusedAsBadLedger(string data, string where) =>
        Assert.Equal(where, Where(() => ledger.Append(EntryTypes.PlanProposed, data)));

    [Theory]
    [InlineData(EntryTypes.PlanStale, PlanState.Stale)]
    [InlineData(EntryTypes.PlanExpired, PlanState.Expired)]
    [InlineData(EntryTypes.PlanCancelled, PlanState.Cancelled)]
    public void Ended_Plan_CannotBeAppliedAnyMore(string type, PlanState expected)
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.Append(type, """{"plan":"p1","reason":"moved"}""");
        var model = ledger.State.Plans.Find("p1")!;
        Assert.Equal((expected, "moved", false), (model.State, model.StateReason, model.IsOpen));
        Assert.Equal("$.data", Where(() => ledger.Apply(plan)));
        ledger.Append(EntryTypes.PlanStale, """{"plan":"p1","reason":"again"}""");
        Assert.Equal("moved", ledger.State.Plans.Find("p1")!.StateReason);
    }

    [Fact]
    public void Applied_WhatItTouchesHasMoved_IsRefused()
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        var first = ledger.Propose("""[{"op":"feature.archive","feature":"a"}]""", "first");
        var second = ledger.Propose("""[{"op":"release.remove","feature":"a","track":"ai"}]""", "second");
        ledger.Apply(first);
        Assert.Equal("$.data", Where(() => ledger.Apply(second)));
    }

    [Fact]
    public void Applied_BelowItsQuorum_IsRefused()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]", approvers: 2);
        Assert.Equal("$.data", Where(() => ledger.Apply(plan)));
        ledger.Approve(plan, Ada);
        ledger.Approve(plan, Ada with { Method = "oidc" });
        Assert.Equal("$.data", Where(() => ledger.Apply(plan)));
        Assert.Equal(PlanState.Proposed, ledger.State.Plans.Find("p1")!.State);
        ledger.Approve(plan, Ada with { Id = "bob" });
        Assert.Equal(PlanState.Approved, ledger.State.Plans.Find("p1")!.State);
        Assert.NotNull(ledger.Apply(plan).Find("a"));
    }

    [Fact]
    public void Approved_ByTheAuthor_OnlyWhenMarkedSolo()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]", approvers: 1);
        Assert.Equal("$.actor", Where(() => ledger.Approve(plan, Make.Actor)));
        ledger.Approve(plan, Make.Actor, solo: true);
        var model = ledger.State.Plans.Find("p1")!;
        Assert.Equal((PlanState.Approved, true), (model.State, Assert.Single(model.Approvals).Solo));
        Assert.NotNull(ledger.Apply(plan).Find("a"));
    }

    [Fact]
    public void Approved_UnderAnotherHashOrWhenItIsOver_IsRefused()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]", approvers: 1);
        Assert.Equal("$.data", Where(() => ledger.Approve(plan, Ada, hash: new string('0', 64))));
        ledger.Append(EntryTypes.PlanRejected, $$"""{"plan":"p1","hash":"{{plan.Hash}}","comment":"no"}""", Ada);
        Assert.Equal("$.data", Where(() => ledger.Approve(plan, Ada)));
        var model = ledger.State.Plans.Find("p1")!;
        Assert.Equal((PlanState.Rejected, "no", false), (model.State, model.StateReason, Assert.Single(model.Approvals).Approves));
    }

    [Fact]
    public void Refused_Often_KeepsTheLastOfEachPersonAndRule()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]", approvers: 1);
        foreach (var (by, rule) in new[] { (Ada, "quorum"), (Ada, "max-step"), (Ada, "quorum"), (Make.Actor, "quorum") })
            ledger.Append(EntryTypes.PlanRefused, $$"""{"plan":"p1","hash":"{{plan.Hash}}","rule":"{{rule}}","detail":"no"}""", by);
        Assert.Equal(["max-step", "quorum", "quorum"], ledger.State.Plans.Find("p1")!.Refusals.Select(note => note.Rule));
        Assert.True(ledger.State.Plans.Find("p1")!.IsOpen);
    }

    [Fact]
    public void ReadBack_BeforeItWasApplied_IsRefused()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        var entry = $$"""{"plan":"p1","hash":"{{plan.Hash}}","revision":4,"detail":"fine"}""";
        Assert.Equal("$.data.plan", Where(() => ledger.Append(EntryTypes.PlanVerified, entry)));
        ledger.Apply(plan);
        ledger.Append(EntryTypes.PlanVerified, entry);
        Assert.Equal((PlanReadBack.Verified, "fine"), (ledger.State.Plans.Find("p1")!.ReadBack, ledger.State.Plans.Find("p1")!.StateReason));
    }

    [Fact]
    public void Unknown_PlanEntry_SaysThatANewerVersionWroteIt() =>
        Assert.Equal("$.type", Where(() => ledger.Append("plan.teleported", "{}")));

    [Fact]
    public void Serving_SinceWhen_IsKeptThroughTheLedger()
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        var since = ledger.State.At;
        Assert.Equal(since, ledger.State.Find("a")!.ServingSince[TrackKey.Ai]);
        ledger.Change("""[{"op":"release.set","feature":"a","track":"ai","allocation":[{"variant":"on","weight":40},{"variant":"off","weight":60}]}]""");
        Assert.Equal(since, ledger.State.Find("a")!.ServingSince[TrackKey.Ai]);
        ledger.RollBack("r1", TrackKey.Ai, false, "a");
        Assert.Empty(ledger.State.Find("a")!.ServingSince);
        ledger.Change("""[{"op":"rollback.clear","feature":"a","track":"ai"}]""");
        Assert.Equal(ledger.State.At, ledger.State.Find("a")!.ServingSince[TrackKey.Ai]);
    }

    [Fact]
    public void Json_Plan_ShowsDocumentHashAndState()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.Apply(plan);
        var json = Make.Json(Make.Text(writer => PlanJson.Write(writer, ledger.State.Plans.Find("p1")!, Make.Now)));
        Assert.Equal(("p1", plan.Hash, "applied", 4), (
            json.GetProperty("id").GetString(), json.GetProperty("hash").GetString(), json.GetProperty("state").GetString(), json.GetProperty("appliedRevision").GetInt32()));
        Assert.Equal(0, json.GetProperty("approvals").GetArrayLength());
        Assert.False(json.TryGetProperty("stateReason", out _));
        Assert.Equal(["proposed", "approved", "applied", "rejected", "expired", "stale", "cancelled"], Enum.GetValues<PlanState>().Select(state => state.Wire()));
    }
}
