using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Tests.Plans.Rules.RuleState;

namespace ReleaseTracks.Tests.Plans.Rules;

public sealed class BudgetHealthyRuleTests
{
    private const string Rule = "budget-healthy";
    private readonly Snapshot split = Make.Snapshot(OnAi(ai: "on:20 off:80"), Make.Model(Make.Feature("g")));

    [Theory]
    [InlineData(Verdict.Healthy)]
    [InlineData(Verdict.Inconclusive)]
    public void Widening_MeasuredAndNotBroken_Passes(Verdict verdict) => Passes(Rule, split, Release("ai", 60), Live(Row(verdict) with { Remaining = 0.01 }));

    [Theory]
    [InlineData(Verdict.Failed, "the verdict is Failed. Because.")]
    [InlineData(Verdict.Error, "the verdict is Error. Because.")]
    public void Widening_FailedOrUnmeasured_IsDenied(Verdict verdict, string reason) =>
        Denies(Rule, "f on ai, availability: " + reason, split, Release("ai", 60), Live(Row(verdict)));

    [Theory]
    [InlineData(0)]
    [InlineData(-0.5)]
    public void Widening_BudgetExhausted_IsDenied(double remaining) =>
        Denies(Rule, "the error budget is exhausted", split, Release("ai", 60), Live(Row() with { Remaining = remaining }));

    [Fact]
    public void Moving_PresentTrackHasFailed_IsDenied() =>
        Denies(Rule, "f on ai, availability", split, Release("innovative", 20), Live(Row(Verdict.Failed)));

    [Fact]
    public void Widening_BlindForTooLong_IsDeniedThoughNothingWasEverReported() => Denies(
        Rule, "widening is frozen. Because.", split, Release("ai", 60), Live(Row(Verdict.Error) with { NoData = true, Frozen = true }));

    [Fact]
    public void Widening_NothingReportedYet_PassesUntilTheFreeze() => Passes(Rule, split, Release("ai", 60), Live(Row(Verdict.Error) with { NoData = true }));

    [Fact]
    public void Widening_SharedOutage_IsDeniedOnTheWholeTrack()
    {
        var live = Live(Row(Verdict.Inconclusive, feature: null) with { Frozen = true, Reason = "Held: a shared outage." });
        Denies(Rule, "The ai track, availability, is frozen: Held: a shared outage.", split, Release("ai", 60, "g"), live);
        Passes(Rule, split, Release("innovative", 0), live);
    }

    [Fact]
    public void Widening_NoRoundOfTheControlLoop_IsDeniedForWhatServesAlready()
    {
        var live = Live() with { Measured = false };
        Denies(Rule, "The budgets of f are unknown", split, Release("ai", 60), live);
        Passes(Rule, split, Release("ai", 60, "g"), live);
    }

    [Fact]
    public void FirstRelease_OthersOfTheTrackAreSilentOrBroken_Passes() => Passes(
        Rule, split, Release("ai", 60, "g"), Live(Row(Verdict.Failed), Row(Verdict.Error, feature: null) with { NoData = true, Frozen = true }));

    [Fact]
    public void Clearing_TheRolledBackRow_IsNoReasonNotTo()
    {
        var rolledBack = Make.Snapshot(Make.Model(AiFeature(ai: "on:100"), TrackKey.Ai));
        const string Clear = """[{"op":"rollback.clear","feature":"f","track":"ai"}]""";
        Passes(Rule, rolledBack, Clear, Live(Row(Verdict.Failed) with { Remaining = -3 }));
        Denies(Rule, "f on innovative", rolledBack, Clear.Replace("}]", "},{\"op\":\"release.set\",\"feature\":\"f\",\"track\":\"innovative\",\"allocation\":[{\"variant\":\"on\",\"weight\":100}]}]", StringComparison.Ordinal), Live(Row(Verdict.Failed, track: TrackKey.Innovative)));
    }

    [Fact]
    public void Widening_TrackIsClosed_IsDeniedUnlessThePlanOpensIt()
    {
        var closed = Make.Snapshot(Make.Model(Make.Feature())).With(TrackKey.Ai, track => track with { ClosedBy = "rb_1" });
        Denies(Rule, "The ai track is closed by rollback rb_1", closed, Release("ai", 60));
        Passes(Rule, closed, """[{"op":"rollback.clear","track":"ai"},""" + Release("ai", 60)[1..]);
    }

    [Fact]
    public void Cohort_TrackIsFrozen_IsDenied() => Denies(
        Rule,
        "The innovative track",
        split,
        """[{"op":"track.put","track":{"key":"innovative","cohortPercent":5}}]""",
        Live(Row(Verdict.Failed, feature: null, track: TrackKey.Innovative) with { Frozen = true }));

    [Fact]
    public void Denied_ManyFeatures_NamesAFewAndTheNumber()
    {
        FeatureModel[] features = [.. Enumerable.Range(0, 9).Select(i => OnAi($"f{i}", "on:1 off:99"))];
        var changes = "[" + string.Join(',', features.Select(feature => Release("ai", 50, feature.Config.Key)[1..^1])) + "]";
        var live = Live([.. features.Select(feature => Row(Verdict.Failed, feature.Config.Key))]);
        Assert.EndsWith("And 4 more.", Says(Rule, Make.Snapshot(features), changes, live).Detail, StringComparison.Ordinal);
    }
}
