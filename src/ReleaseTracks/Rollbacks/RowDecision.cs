using System.Collections.Immutable;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Rollbacks;

/// <summary>
/// What one row means now. Only <see cref="Verdict.Failed"/> has a cause and an action. Missing data never fails a
/// row and never clears one: a proof that was latched before stays.
/// </summary>
public sealed record RowDecision
{
    /// <summary>Not measured for this long: nothing may be widened.</summary>
    public static readonly TimeSpan BlindFreeze = TimeSpan.FromMinutes(2);

    /// <summary>Not measured for this long: somebody is called.</summary>
    public static readonly TimeSpan BlindPage = TimeSpan.FromMinutes(10);

    public required Verdict Verdict { get; init; }

    public RollbackCause? Cause { get; init; }

    /// <summary>What to do, null being nothing.</summary>
    public BreachAction? Action { get; init; }

    public required ImmutableArray<string> Reasons { get; init; }

    /// <summary>The product is failing everywhere: wait instead of blaming the feature.</summary>
    public bool SharedOutage { get; init; }

    public bool Page { get; init; }

    public bool FreezeWidening { get; init; }

    public static RowDecision Decide(RowInputs inputs, DateTimeOffset now)
    {
        var judged = Judge(inputs, now);
        var blind = IsBlind(inputs.Freshness) && inputs.BlindSince is { } since ? now - since : TimeSpan.Zero;
        var acts = judged.Action is BreachAction.Pause or BreachAction.Rollback;
        return judged with
        {
            Page = judged.SharedOutage || blind >= BlindPage || inputs.BurnRatePage,
            FreezeWidening = judged.SharedOutage || blind >= BlindFreeze || acts,
            Reasons = inputs.BurnRatePage ? judged.Reasons.Add(RowReasons.BurnRate) : judged.Reasons,
        };
    }

    private static RowDecision Judge(RowInputs inputs, DateTimeOffset now)
    {
        var (guard, blind) = (inputs.Guard, IsBlind(inputs.Freshness));
        // Proof first: it is latched, so the cause on the wall does not change under the reader later on.
        if (guard.ProvenAt is not null && MinBudgetIsSpent(inputs))
            return Failed(inputs, RollbackCause.BreachProven, RowReasons.Proven(inputs), blind, now);
        if (blind)
            return Hold(Verdict.Error, RowReasons.Blind(inputs, now));
        if (inputs.BudgetSpent >= 1)
            return Failed(inputs, RollbackCause.BudgetExhausted, RowReasons.Exhausted(inputs), blind, now);
        if (guard.ProvenAt is not null)
            return Hold(Verdict.Inconclusive, RowReasons.Proven(inputs), RowReasons.BudgetNotYet(inputs));
        if (guard.Hold is not null)
            return Hold(Verdict.Inconclusive, RowReasons.SharedOutage(inputs)) with { SharedOutage = true };
        if (guard.Counts.Total == 0)
            return Hold(Verdict.Inconclusive, "No events yet in this window.");
        return Weigh(inputs);
    }

    /// <summary>
    /// Short of proof: evidence above even odds is Inconclusive, because something is then more likely broken than
    /// not by the bets made; at or below, the row is Healthy.
    /// </summary>
    private static RowDecision Weigh(RowInputs inputs)
    {
        if (inputs.Guard.GLatchedAt is not null)
            return Hold(Verdict.Inconclusive, RowReasons.TooFewFailures(inputs));
        return Guard.Evidence(inputs.Guard).G > 0
            ? Hold(Verdict.Inconclusive, RowReasons.Rising(inputs))
            : Hold(Verdict.Healthy, RowReasons.Within(inputs));
    }

    private static RowDecision Failed(RowInputs inputs, RollbackCause cause, string reason, bool blind, DateTimeOffset now) => new()
    {
        Verdict = Verdict.Failed,
        Cause = cause,
        Action = inputs.Objective.BreachActionOn(inputs.Track),
        Reasons = blind ? [reason, RowReasons.Blind(inputs, now)] : [reason],
    };

    private static RowDecision Hold(Verdict verdict, params ImmutableArray<string> reasons) =>
        new() { Verdict = verdict, Reasons = reasons };

    /// <summary>An unknown budget is not a spent one; without a minimum it does not matter.</summary>
    private static bool MinBudgetIsSpent(RowInputs inputs) =>
        inputs.Objective.MinBudgetSpent <= 0 || inputs.BudgetSpent >= inputs.Objective.MinBudgetSpent;

    private static bool IsBlind(Freshness freshness) => freshness is not (Freshness.Fresh or Freshness.Idle);
}
