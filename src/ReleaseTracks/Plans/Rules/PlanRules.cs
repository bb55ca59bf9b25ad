using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Plans.Rules;

/// <summary>What the rules make of a change from one state to another.</summary>
public sealed record PlanJudgement(Exposure Exposure, ImmutableArray<string> Loosened, ImmutableArray<RuleResult> Rules, int ApprovalsNeeded)
{
    /// <summary>The first rule, in priority order, that says no.</summary>
    public RuleResult? Denial => Rules.FirstOrDefault(rule => rule.Outcome == RuleOutcome.Deny);

    /// <summary>The first rule that still waits for somebody to approve.</summary>
    public RuleResult? Waiting => Rules.FirstOrDefault(rule => rule.Outcome == RuleOutcome.Approval);
}

/// <summary>All rules in priority order: of several that say no, the first names the refusal.</summary>
public static class PlanRules
{
    public static ImmutableArray<IPlanRule> All { get; } =
    [
        new NotAuthorRule(),
        new QuorumRule(),
        new LooseningRule(),
        new BudgetHealthyRule(),
        new SoakTimeRule(),
        new OneStepRule(),
        new DisclosureCurrentRule(),
        new RollbackCooldownRule(),
        new FreezeWindowRule(),
        new MaxStepRule(),
    ];

    public static PlanJudgement Judge(Snapshot before, Snapshot after, Actor author, LiveFacts live) => Judge(before, after, author, live, _ => 0, 0);

    /// <summary>For a plan that exists: with the approvals that hold, and never fewer needed than it says itself.</summary>
    public static PlanJudgement Judge(PlanModel model, Snapshot before, Snapshot after, LiveFacts live) => Judge(
        before, after, model.Plan.Author, live, state => Quorum.Count(model.Plan, model.Approvals, state), model.Plan.ApprovalsNeeded);

    private static PlanJudgement Judge(
        Snapshot before, Snapshot after, Actor author, LiveFacts live, Func<Snapshot, int> approvals, int atLeast)
    {
        var exposure = Exposure.Compare(before, after);
        var loosened = Loosening.Find(before, after);
        var widens = exposure.Effect == ExposureEffect.Raises || !loosened.IsEmpty;
        var inputs = new RuleInputs
        {
            Before = before,
            After = after,
            Exposure = exposure,
            Loosened = loosened,
            Author = author,
            Live = live,
            Approvals = approvals(before),
            ApprovalsNeeded = Math.Max(atLeast, widens ? live.Approvers : 0),
        };
        // Asked here and nowhere else, so that no rule, present or future, can block lowering.
        var results = inputs.Widens
            ? All.Select(rule => rule.Check(inputs))
            : All.Select(rule => rule.Pass("The plan only lowers or keeps what users get."));
        return new(exposure, loosened, [.. results], inputs.ApprovalsNeeded);
    }
}
