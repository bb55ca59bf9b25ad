using System.Collections.Immutable;

namespace ReleaseTracks.Alerts;

/// <summary>What a destination can ask to hear of.</summary>
public enum AlertEvent
{
    /// <summary>A rollback was committed, and whether it was then seen in the traffic.</summary>
    Rollback,

    /// <summary>The error budget of an objective is spent.</summary>
    BudgetExhausted,

    /// <summary>An objective could not be measured for too long.</summary>
    Blind,

    /// <summary>The product is failing everywhere, so that a rollback would not help.</summary>
    SharedOutage,
}

public static class AlertEvents
{
    public static ImmutableArray<AlertEvent> All { get; } = [.. Enum.GetValues<AlertEvent>()];

    public static string Wire(this AlertEvent which) => which switch
    {
        AlertEvent.Rollback => "rollback",
        AlertEvent.BudgetExhausted => "budget-exhausted",
        AlertEvent.Blind => "blind",
        _ => "shared-outage",
    };

    public static AlertEvent? Parse(string? text) => text switch
    {
        "rollback" => AlertEvent.Rollback,
        "budget-exhausted" => AlertEvent.BudgetExhausted,
        "blind" => AlertEvent.Blind,
        "shared-outage" => AlertEvent.SharedOutage,
        _ => null,
    };
}
