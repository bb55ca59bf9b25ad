using System.Globalization;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Rollbacks;

/// <summary>The sentences people read, with the numbers the decision went by.</summary>
internal static class RowReasons
{
    public const string BurnRate = "The budget is burning at a page-worthy rate.";

    public static string Proven(RowInputs inputs)
    {
        var (guard, settings) = (inputs.Guard, inputs.Settings);
        var control = guard.C1LatchedAt is not null ? $"Worse than its fallback: {Control(guard.Counts)}."
            : !settings.HoldOnSharedOutage ? "The track rolls back even when the whole product fails."
            : guard.Counts.ControlTotal == 0 ? "There is no fallback traffic to compare with."
            : $"There is too little fallback traffic to compare with: {Control(guard.Counts)}.";
        return Text($"Proven at {guard.ProvenAt:u}: {Treatment(guard.Counts)}, where {settings.Tolerance:0.####%} is tolerated; the chance of a false alarm is at most {settings.Alpha:0.##%}. {control}");
    }

    public static string Exhausted(RowInputs inputs) =>
        Text($"The error budget is exhausted: {inputs.BudgetSpent:0.#%} of it is spent, with a target of {inputs.Objective.Target:0.####%}.");

    public static string BudgetNotYet(RowInputs inputs) => inputs.BudgetSpent is null
        ? Text($"How much of the budget is spent is unknown; this objective acts only from {inputs.Objective.MinBudgetSpent:0.#%}.")
        : Text($"Only {inputs.BudgetSpent:0.##%} of the budget is spent; this objective acts from {inputs.Objective.MinBudgetSpent:0.#%}.");

    public static string SharedOutage(RowInputs inputs)
    {
        var (guard, rise) = (inputs.Guard, inputs.Guard.SinceRise);
        return Text($"Held since {guard.Hold!.Since:u}: the objective is broken, but not shown to be the feature's fault. Since {guard.RisingSince:u} {Treatment(rise)}, and {Control(rise)}.");
    }

    public static string TooFewFailures(RowInputs inputs) =>
        Text($"{Treatment(inputs.Guard.Counts)}: unlikely by chance, but fewer than {GuardSettings.MinimumBad} failures never prove a breach.");

    public static string Rising(RowInputs inputs) =>
        Text($"Evidence is rising since {inputs.Guard.RisingSince:u}: {Odds(Guard.Evidence(inputs.Guard).G)} to 1, and {Odds(inputs.Settings.Threshold)} to 1 is proof. Since then {Treatment(inputs.Guard.SinceRise)}.");

    public static string Within(RowInputs inputs) =>
        Text($"No evidence against the objective: {Treatment(inputs.Guard.Counts)}, where {inputs.Settings.Tolerance:0.####%} is tolerated.");

    public static string Blind(RowInputs inputs, DateTimeOffset now)
    {
        var what = inputs.Freshness switch
        {
            Freshness.NoData => "The source knows no counters for this row",
            Freshness.Stale => "The counters are stale",
            Freshness.Partial => "The source answered with warnings, so something may be missing",
            _ => "The source could not be read",
        };
        return inputs.BlindSince is { } since
            ? Text($"{what}, for {(now - since).TotalSeconds:0} s now. Nothing is changed without data.")
            : $"{what}. Nothing is changed without data.";
    }

    private static string Treatment(IntervalCounts counts) =>
        Text($"{counts.Bad:N0} of {counts.Total:N0} events were bad ({Share(counts.Bad, counts.Total):0.##%})");

    private static string Control(IntervalCounts counts) =>
        Text($"{counts.ControlBad:N0} of {counts.ControlTotal:N0} with the fallback ({Share(counts.ControlBad, counts.ControlTotal):0.##%})");

    private static double Share(long bad, long total) => total == 0 ? 0 : (double)bad / total;

    private static string Odds(double log) => log > 20 ? "over 100,000,000" : Text($"{Math.Exp(log):N1}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
