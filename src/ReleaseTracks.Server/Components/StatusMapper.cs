using MudBlazor;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Server.Components;

/// <summary>How loud a status is. A filled tone is meant to be seen across the room; the others stay calm.</summary>
public enum Tone
{
    Neutral,
    Healthy,
    Inconclusive,
    Error,
    Failed,
}

/// <summary>Text, icon and colour together, and a hint at what the word means: no status is told by colour alone.</summary>
public sealed record StatusLook(string Text, string Icon, Tone Tone, string Hint)
{
    public string Css => "tone-" + Tone.ToString().ToLowerInvariant();

    public bool IsLoud => Tone is Tone.Error or Tone.Failed;
}

/// <summary>The one place that decides how a status looks.</summary>
public static class StatusMapper
{
    public static StatusLook Of(Verdict? verdict) => verdict switch
    {
        Verdict.Healthy => new("Healthy", Icons.Material.Filled.CheckCircle, Tone.Healthy, "Measured, and nothing speaks against the objective."),
        Verdict.Inconclusive => new("Inconclusive", Icons.Material.Filled.HourglassTop, Tone.Inconclusive, "Measured, but not enough evidence either way."),
        Verdict.Error => new("Error", Icons.Material.Filled.SensorsOff, Tone.Error, "Cannot be measured: there is no data to go by."),
        Verdict.Failed => new("Failed", Icons.Material.Filled.Dangerous, Tone.Failed, "The objective is broken."),
        null => new("Not measured", Icons.Material.Outlined.Circle, Tone.Neutral, "Nothing more than the fallback is served, or no round has run yet."),
        _ => throw new ArgumentOutOfRangeException(nameof(verdict), verdict, "Not a verdict."),
    };

    public static StatusLook Of(RollbackState state) => state switch
    {
        RollbackState.Committed => new("Committed", Icons.Material.Filled.Pending, Tone.Inconclusive, "In the ledger and served; not yet seen in the traffic."),
        RollbackState.Verified => new("Verified", Icons.Material.Filled.Verified, Tone.Healthy, "The traffic since shows nothing but the fallback."),
        RollbackState.Unverified => new("Not verified", Icons.Material.Filled.Dangerous, Tone.Failed, "The traffic did not go to zero in time."),
        RollbackState.Cleared => new("Cleared", Icons.Material.Filled.RestartAlt, Tone.Neutral, "A plan ended the rollback."),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a rollback."),
    };

    public static StatusLook Of(PlanState state) => state switch
    {
        PlanState.Proposed => new("Proposed", Icons.Material.Filled.HourglassTop, Tone.Inconclusive, "Nothing has changed yet."),
        PlanState.Approved => new("Approved", Icons.Material.Filled.HowToReg, Tone.Healthy, "Everybody who has to agree has agreed; it is not applied yet."),
        PlanState.Applied => new("Applied", Icons.Material.Filled.CheckCircle, Tone.Healthy, "In force since its revision."),
        PlanState.Rejected => new("Rejected", Icons.Material.Filled.Block, Tone.Neutral, "Somebody said no, which ends a plan."),
        PlanState.Expired => new("Expired", Icons.Material.Filled.TimerOff, Tone.Neutral, "Its time ran out; plan it again."),
        PlanState.Stale => new("Stale", Icons.Material.Filled.Update, Tone.Neutral, "What it changes has changed meanwhile; plan it again."),
        PlanState.Cancelled => new("Cancelled", Icons.Material.Filled.Close, Tone.Neutral, "Taken back before it was applied."),
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a state of a plan."),
    };

    public static StatusLook RolledBack { get; } =
        new("Rolled back", Icons.Material.Filled.SettingsBackupRestore, Tone.Failed, "Users get the fallback until a plan clears the rollback.");

    public static StatusLook Killed { get; } =
        new("Killed", Icons.Material.Filled.PowerSettingsNew, Tone.Failed, "Disabled on every track until a plan revives it.");

    public static StatusLook Closed { get; } =
        new("Closed", Icons.Material.Filled.Lock, Tone.Failed, "Nobody newly enters the track until a plan opens it.");

    public static string Say(RollbackCause cause) => cause switch
    {
        RollbackCause.BreachProven => "Breach proven",
        RollbackCause.BudgetExhausted => "Budget exhausted",
        RollbackCause.Manual => "Manual",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "Not a cause."),
    };
}
