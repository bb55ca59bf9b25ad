using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class PlanFoldTests
{
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
