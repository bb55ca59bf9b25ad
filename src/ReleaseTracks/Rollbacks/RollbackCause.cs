namespace ReleaseTracks.Rollbacks;

/// <summary>Why a feature was rolled back.</summary>
public enum RollbackCause
{
    BudgetExhausted,
    BreachProven,
    Manual,
}

public static class RollbackCauses
{
    public static string Wire(this RollbackCause cause) => cause switch
    {
        RollbackCause.BudgetExhausted => "budget-exhausted",
        RollbackCause.BreachProven => "breach-proven",
        RollbackCause.Manual => "manual",
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "Not a cause."),
    };
}
