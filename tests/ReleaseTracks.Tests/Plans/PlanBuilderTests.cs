using CsCheck;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

public sealed class PlanBuilderTests
{
    [Fact]
    public void Changes_WrittenAndRead_AreTheSame() => Gen.Select(DomainGen.Snapshot, ChangeGen.Steps).Sample((state, steps) =>
    {
        var changes = ChangeGen.Possible(state, steps);
        var json = ChangeGen.Json(changes);
        if (changes.IsEmpty)
            return;
        var plan = Make.Plan(Make.Draft(state, json));
        Assert.Equal(json, ChangeGen.Json(plan.Changes));
        Assert.Equal(json, ChangeGen.Json(PlanBuilder.Read(plan.Document).Changes));
        Assert.Equal(plan.Hash, PlanBuilder.Read(Make.Json(plan.Document.GetRawText())).Hash);
    });

    [Fact]
    public void Hash_AnyMemberChanged_IsAnother()
    {
        var draft = Make.Draft(Make.Snapshot(Make.Feature()), """[{"op":"release.set","feature":"f","track":"ai","allocation":[{"variant":"on","weight":100}]}]""");
        var plan = Make.Plan(draft);
        Assert.Matches("^[0-9a-f]{64}$", plan.Hash);
        Assert.Equal(plan.Hash, Make.Plan(draft).Hash);
        Assert.NotEqual(plan.Hash, Make.Plan(draft, "p2").Hash);
        Assert.NotEqual(plan.Hash, Make.Plan(draft with { Reason = "another" }).Hash);
        Assert.NotEqual(plan.Hash, PlanBuilder.Hash(Make.Json(plan.Document.GetRawText().Replace("\"weight\":100", "\"weight\":99", StringComparison.Ordinal))));
    }

    [Fact]
    public void BlastRadius_SeveralFeatures_CountsWhoeverGetsAnythingNew()
    {
        var state = Make.Snapshot(Make.Feature("a"), Make.Feature("b"));
        var plan = Make.Plan(Make.Draft(state, """
            [{"op":"release.set","feature":"a","track":"ai","allocation":[{"variant":"on","weight":25},{"variant":"off","weight":75}]},
            {"op":"release.set","feature":"b","track":"ai","allocation":[{"variant":"on","weight":41},{"variant":"off","weight":59}]}]
            """));
        var blast = plan.Document.GetProperty("blastRadius");
        Assert.Equal((6, 55.75), (blast.GetProperty("users").GetInt32(), blast.GetProperty("percent").GetDouble()));
        Assert.Equal("raises", plan.Document.GetProperty("exposure").GetString());
        Assert.Equal(2, plan.Document.GetProperty("diff").GetArrayLength());
    }

    [Fact]
    public void Diff_EveryKindOfResource_ShowsBeforeAndAfter()
    {
        var state = Make.Snapshot(Make.Model(Make.Feature(), TrackKey.Ai));
        var plan = Make.Plan(Make.Draft(state, """
            [{"op":"feature.archive","feature":"f"},{"op":"organisation.put","organisation":{"id":"a/b","ceiling":"stable"}},
            {"op":"track.put","track":{"key":"innovative","cohortPercent":5}}]
            """));
        var diff = plan.Document.GetProperty("diff").EnumerateArray().ToDictionary(row => row.GetProperty("resource").GetString()!);
        Assert.Equal("ai", diff["feature/f"].GetProperty("before").GetProperty("rolledBack")[0].GetString());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, diff["feature/f"].GetProperty("after").ValueKind);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, diff["organisation/a/b"].GetProperty("before").ValueKind);
        Assert.Equal("stable", diff["organisation/a/b"].GetProperty("after").GetProperty("ceiling").GetString());
        Assert.Equal(0, diff["track/innovative"].GetProperty("before").GetProperty("cohortPercent").GetDouble());
        Assert.Equal(5, diff["track/innovative"].GetProperty("after").GetProperty("cohortPercent").GetDouble());
    }
}
