using ReleaseTracks.Access;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Tests.Builders;
using static ReleaseTracks.Tests.Plans.Rules.RuleState;

namespace ReleaseTracks.Tests.Plans.Rules;

public sealed class ApprovalRulesTests
{
    private static readonly Actor Ada = new(ActorKinds.Person, "ada", "cookie");

    [Fact]
    public void All_Rules_HaveTheirOrder() => Assert.Equal(
        ["not-author", "quorum", "loosening", "budget-healthy", "soak-time", "one-step", "disclosure-current", "rollback-cooldown", "freeze-window", "max-step"],
        PlanRules.All.Select(rule => rule.Name));

    [Fact]
    public void Raising_NobodyElseMayApprove_SaysThatTheAuthorDoesSo()
    {
        var judgement = Make.Judge(Make.Snapshot(OnAi(ai: "on:20 off:80")), Release("ai", 60));
        Assert.Equal(1, judgement.ApprovalsNeeded);
        Assert.Null(judgement.Denial);
        Assert.Equal("not-author", judgement.Waiting!.Rule);
        Assert.Contains("solo", judgement.Waiting.Detail, StringComparison.Ordinal);
        Assert.Equal("The plan raises what users get; 0 of 1 approvals are given.", judgement.Rules[1].Detail);
    }

    [Fact]
    public void Raising_SomebodyElseMayApprove_AsksForThem() => Assert.Equal(
        new RuleResult("not-author", RuleOutcome.Approval, "bootstrap proposed this: somebody else has to approve it."),
        Says("not-author", Make.Snapshot(OnAi(ai: "on:20 off:80")).WithPeople(Approver("ada")), Release("ai", 60)));

    [Fact]
    public void Raising_NoApprovalsAsked_PassesAndSaysWhy()
    {
        var judgement = Make.Judge(Make.Snapshot(OnAi(ai: "on:20 off:80")), Release("ai", 60), new(Make.Now, 0));
        Assert.Equal((0, null), (judgement.ApprovalsNeeded, judgement.Waiting));
        Assert.Contains("ReleaseTracks:Plans:Approvals is 0", judgement.Rules[1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Lowering_Anything_PassesEveryRule()
    {
        var judgement = Make.Judge(
            Make.Snapshot(OnAi()), Release("ai", 60), Live(Row(Verdict.Failed)) with { Measured = false, Approvers = 3 });
        Assert.Equal((0, ExposureEffect.Lowers), (judgement.ApprovalsNeeded, judgement.Exposure.Effect));
        Assert.All(judgement.Rules, rule => Assert.Equal(RuleOutcome.Pass, rule.Outcome));
    }

    [Fact]
    public void Loosening_Neutral_NeedsApprovalAndSaysWhatIsLoosened()
    {
        var judgement = Make.Judge(Make.Snapshot(OnAi()), """[{"op":"track.put","track":{"key":"stable","objectives":[]}}]""");
        Assert.Equal((1, ExposureEffect.Neutral), (judgement.ApprovalsNeeded, judgement.Exposure.Effect));
        Assert.Equal(
            "The stable track: the objective availability is removed. The stable track: the objective latency is removed.",
            judgement.Rules.Single(rule => rule.Rule == "loosening").Detail);
    }

    [Fact]
    public void Existing_EnoughApprovals_PassesWhatWaited()
    {
        var state = Make.Snapshot(OnAi(ai: "on:20 off:80"));
        var plan = Make.Plan(Make.Draft(state, Release("ai", 60)), approvers: 1);
        var model = new PlanModel(plan, PlanState.Approved, 1) { Approvals = [new(Ada, true, "", Make.Now)] };
        var judgement = PlanRules.Judge(model, state, Make.After(state, Release("ai", 60)), new(Make.Now, 1));
        Assert.Null(judgement.Waiting);
        Assert.Equal("quorum", PlanRules.Judge(model, state, Make.After(state, Release("ai", 60)), new(Make.Now, 2)).Rules.Last(rule => rule.Outcome == RuleOutcome.Approval).Rule);
    }

    [Fact]
    public void Existing_ConfigurationNowAsksForFewer_ThePlansOwnNumberStays()
    {
        var state = Make.Snapshot(OnAi(ai: "on:20 off:80"));
        var plan = Make.Plan(Make.Draft(state, Release("ai", 60)), approvers: 2);
        var judgement = PlanRules.Judge(new PlanModel(plan, PlanState.Proposed, 1), state, Make.After(state, Release("ai", 60)), new(Make.Now, 0));
        Assert.Equal(2, judgement.ApprovalsNeeded);
    }
}
