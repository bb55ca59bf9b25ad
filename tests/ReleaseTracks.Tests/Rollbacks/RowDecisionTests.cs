using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tests.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class RowDecisionTests
{
    private static readonly Objective Availability = new() { Id = "availability", Indicator = Indicator.Availability, Target = 0.99 };

    private static GuardRun Row(Objective? objective = null) => new(GuardSettings.For(objective ?? Availability));

    private static GuardRun Breached(Objective? objective = null) => Row(objective).Feed(20, 15, 8);

    private static RowInputs Inputs(GuardRun run, Objective? objective = null) => new()
    {
        Objective = objective ?? Availability,
        Track = TrackKey.Ai,
        Guard = run.State,
        Settings = run.Settings,
        BudgetSpent = 0.01,
    };

    private static RowDecision Decide(RowInputs inputs, double minutesLater = 0) =>
        RowDecision.Decide(inputs, inputs.Guard.LastObserved.AddMinutes(minutesLater));

    [Fact]
    public void Decide_NoEventsYet_IsInconclusive() =>
        Assert.Equal(Verdict.Inconclusive, Decide(Inputs(Row().Feed(9, 0, 0))).Verdict);

    [Fact]
    public void Decide_WithinTheObjective_IsHealthyAndDoesNothing()
    {
        var decision = Decide(Inputs(Row().Feed(100, 200, 1)));
        Assert.Equal((Verdict.Healthy, null, null), (decision.Verdict, decision.Cause, decision.Action));
        Assert.False(decision.Page || decision.FreezeWidening);
        Assert.Contains("100 of 20,000 events were bad (0.5%)", Assert.Single(decision.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_EvidenceAboveEvenOdds_IsInconclusive()
    {
        var run = Row().Feed(1, 15, 1);
        Assert.InRange(Guard.Evidence(run.State).G, 0, run.Settings.Threshold);
        var decision = Decide(Inputs(run));
        Assert.Equal(Verdict.Inconclusive, decision.Verdict);
        Assert.Contains("100.0 to 1 is proof", Assert.Single(decision.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TrackKey.Ai, BreachAction.Rollback, true)]
    [InlineData(TrackKey.Innovative, BreachAction.Pause, true)]
    [InlineData(TrackKey.Stable, BreachAction.Observe, false)]
    public void Decide_ProvenBreach_ActsAsTheTrackSays(TrackKey track, BreachAction action, bool freezes)
    {
        var decision = Decide(Inputs(Breached()) with { Track = track });
        Assert.Equal((Verdict.Failed, RollbackCause.BreachProven, action), (decision.Verdict, decision.Cause, decision.Action));
        Assert.Equal(freezes, decision.FreezeWidening);
        Assert.Contains("160 of 300 events were bad (53.33%)", Assert.Single(decision.Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_FourFailures_AreNotYetProof()
    {
        var run = Row().Feed(4, 1, 1);
        Assert.NotNull(run.State.GLatchedAt);
        Assert.Equal(Verdict.Inconclusive, Decide(Inputs(run)).Verdict);
        Assert.Equal(Verdict.Failed, Decide(Inputs(run.Feed(1, 1, 1))).Verdict);
    }

    [Fact]
    public void Decide_BudgetExhausted_Fails()
    {
        var decision = Decide(Inputs(Row().Feed(9, 10, 0)) with { BudgetSpent = 1.02 });
        Assert.Equal((Verdict.Failed, RollbackCause.BudgetExhausted), (decision.Verdict, decision.Cause));
        Assert.Contains("102% of it is spent", Assert.Single(decision.Reasons), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, Verdict.Inconclusive)]
    [InlineData(0.02, Verdict.Inconclusive)]
    [InlineData(0.05, Verdict.Failed)]
    public void Decide_MinimumOfTheBudget_ProofWaitsForIt(double? spent, Verdict verdict)
    {
        var objective = Availability with { MinBudgetSpent = 0.05 };
        Assert.Equal(verdict, Decide(Inputs(Breached(objective), objective) with { BudgetSpent = spent }).Verdict);
    }

    [Fact]
    public void Decide_SharedOutage_HoldsFreezesAndPages()
    {
        var run = Row().Feed(40, 15, 2, 135, 18);
        var decision = Decide(Inputs(run));
        Assert.Equal((Verdict.Inconclusive, null), (decision.Verdict, decision.Action));
        Assert.True(decision.SharedOutage && decision.Page && decision.FreezeWidening);
    }

    [Fact]
    public void Decide_SharedOutageButTheTrackRollsBack_Fails()
    {
        var objective = Availability with { SharedOutage = SharedOutageAction.Rollback };
        var run = Row(objective).Feed(40, 15, 2, 135, 18);
        Assert.Equal(BreachAction.Rollback, Decide(Inputs(run, objective)).Action);
    }

    [Theory]
    [InlineData(Freshness.NoData)]
    [InlineData(Freshness.Stale)]
    [InlineData(Freshness.Unavailable)]
    [InlineData(Freshness.Partial)]
    public void Decide_Blind_IsAnErrorThatChangesNothing(Freshness freshness)
    {
        var inputs = Inputs(Row().Feed(9, 10, 0));
        inputs = inputs with { Freshness = freshness, BlindSince = inputs.Guard.LastObserved, BudgetSpent = 3 };
        Assert.Equal((Verdict.Error, null, false, false), Seen(Decide(inputs, 1.9)));
        Assert.Equal((Verdict.Error, null, true, false), Seen(Decide(inputs, 2)));
        Assert.Equal((Verdict.Error, null, true, true), Seen(Decide(inputs, 10)));
    }

    [Fact]
    public void Decide_BlindAfterProof_StaysFailed()
    {
        var inputs = Inputs(Breached());
        var decision = Decide(inputs with { Freshness = Freshness.Unavailable, BlindSince = inputs.Guard.LastObserved }, 30);
        Assert.Equal((Verdict.Failed, RollbackCause.BreachProven), (decision.Verdict, decision.Cause));
        Assert.Equal(2, decision.Reasons.Length);
        Assert.True(decision.Page);
    }

    [Fact]
    public void Decide_BurnRatePage_PagesAndNothingElse()
    {
        var decision = Decide(Inputs(Row().Feed(9, 100, 0)) with { BurnRatePage = true });
        Assert.Equal((Verdict.Healthy, null, false, true), Seen(decision));
    }

    [Fact]
    public void Decide_Idle_KeepsWhatTheEvidenceSays() =>
        Assert.Equal(Verdict.Healthy, Decide(Inputs(Row().Feed(9, 100, 0)) with { Freshness = Freshness.Idle }).Verdict);

    private static (Verdict, BreachAction?, bool, bool) Seen(RowDecision decision) =>
        (decision.Verdict, decision.Action, decision.FreezeWidening, decision.Page);
}
