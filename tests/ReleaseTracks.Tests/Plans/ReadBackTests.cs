using CsCheck;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

public sealed class ReadBackTests
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    private PlanModel Model(string id = "p1") => ledger.State.Plans.Find(id)!;

    [Fact]
    public void Compare_AppliedPlan_IsVerified()
    {
        ledger.Apply(ledger.Propose($$"""
            [{{LedgerBuilder.PutFeature("a")}},{"op":"organisation.put","organisation":{"id":"acme","ceiling":"stable"} },{"op":"track.put","track":{"key":"innovative","cohortPercent":5} }]
            """));
        var result = ReadBack.Compare(Model(), ledger.State);
        Assert.Equal((true, "3 resources are served as the plan says."), (result.IsVerified, result.Detail));
        Assert.True(ReadBack.IsPossible(Model()));
    }

    [Fact]
    public void Compare_AnyChanges_AreServedAsPlanned() => Gen.Select(DomainGen.Snapshot, ChangeGen.Steps).Sample((before, steps) =>
    {
        var changes = ChangeGen.Possible(before, steps);
        if (changes.IsEmpty)
            return;
        var plan = Make.Plan(Make.Draft(before, ChangeGen.Json(changes)));
        var model = new PlanModel(PlanBuilder.Read(plan.Document), PlanState.Applied, 1) { AppliedRevision = 100 };
        Assert.Empty(ReadBack.Compare(model, ChangeGen.Apply(before, changes)).Differences);
    }, iter: 300);

    /// <summary>growthbook #4310, and PR #6984 again: "rolled-back" is reported while the rule stays at its last step.</summary>
    [Fact]
    public void Growthbook4310_ReportedButTheRuleStayed_IsFound()
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        var plan = ledger.Propose("""[{"op":"release.set","feature":"a","track":"ai","allocation":[{"variant":"off","weight":100}]}]""");
        var stayed = ledger.State;
        ledger.Apply(plan);
        var result = ReadBack.Compare(Model(), stayed);
        Assert.Equal("feature/a: it is not as the plan says.", Assert.Single(result.Differences));
    }

    /// <summary>growthbook PR #6416: the schedule says "completed", and a moment later the rule is off without an error.</summary>
    [Fact]
    public void GrowthbookPr6416_CompletedButOff_IsFound()
    {
        ledger.Apply(ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]"));
        var off = ledger.State.With(Make.Killed(ledger.State.Find("a")!.Config));
        Assert.False(ReadBack.Compare(Model(), off).IsVerified);
    }

    /// <summary>
    /// growthbook PR #6984: a missing anchor made the rollback restore nothing. Our inverse names what was there, also when
    /// that is "no release of its own", and applying it brings back exactly what was served.
    /// </summary>
    [Theory]
    [InlineData(null)]
    [InlineData("on")]
    public void GrowthbookPr6984_Inverse_RestoresWhatWasServedAlsoWhenThatWasNothing(string? before)
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a", ai: before, stable: "off")}]");
        var was = PlanDiffOf("a");
        var plan = ledger.Propose("""[{"op":"release.set","feature":"a","track":"ai","allocation":[{"variant":"on","weight":30},{"variant":"off","weight":70}]}]""");
        ledger.Apply(plan);
        Assert.NotEqual(was, PlanDiffOf("a"));
        ledger.Apply(ledger.Propose(plan.Document.GetProperty("inverse").GetRawText(), "back"));
        Assert.Equal(was, PlanDiffOf("a"));
        Assert.True(ReadBack.Compare(Model("back"), ledger.State).IsVerified);
    }

    [Fact]
    public void Compare_ChangedSince_SaysSoInsteadOfCryingWolf()
    {
        ledger.Apply(ledger.Propose($"[{LedgerBuilder.PutFeature("a")},{LedgerBuilder.PutFeature("b")}]"));
        ledger.RollBack("r1", TrackKey.Ai, false, "a");
        var result = ReadBack.Compare(Model(), ledger.State);
        Assert.Equal((true, "1 resource is served as the plan says; 1 have changed since."), (result.IsVerified, result.Detail));
    }

    [Fact]
    public void Compare_ArchivedFeature_MustNotBeServed()
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        var plan = ledger.Propose("""[{"op":"feature.archive","feature":"a"}]""");
        var before = ledger.State;
        ledger.Apply(plan);
        Assert.True(ReadBack.Compare(Model(), ledger.State).IsVerified);
        Assert.False(ReadBack.Compare(Model(), before).IsVerified);
    }

    [Fact]
    public void Compare_EvaluatorServesSomethingElse_IsFoundByEvaluating()
    {
        var plan = ledger.Propose("[" + LedgerBuilder.PutFeature("a") + "]");
        var forged = PlanBuilder.Read(Make.Json(plan.Document.GetRawText().Replace("\"to\":100,\"variant\":\"on\"", "\"to\":100,\"variant\":\"off\"", StringComparison.Ordinal)));
        ledger.Apply(plan);
        Assert.NotEqual(plan.Hash, forged.Hash);
        Assert.False(ReadBack.Compare(Model() with { Plan = forged }, ledger.State).IsVerified);
    }

    [Fact]
    public void IsPossible_DocumentOfAnOlderVersion_IsNot()
    {
        var plan = ledger.Propose($"[{LedgerBuilder.PutFeature("a")}]");
        var old = PlanBuilder.Read(Make.Json(plan.Document.GetRawText().Replace("\"serves\"", "\"other\"", StringComparison.Ordinal)));
        Assert.False(ReadBack.IsPossible(Model() with { Plan = old }));
    }

    private string PlanDiffOf(string feature) => Make.Text(json => PlanDiff.WriteResource(json, ledger.State, Resources.Feature(feature)));
}
