using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>One row of the budgets as the control loop last saw it. What is unknown is null, never zero.</summary>
public sealed record BudgetRow
{
    public required RowKey Key { get; init; }

    public required Objective Objective { get; init; }

    /// <summary>Good and bad events of the treatment in the objective's window.</summary>
    public long Good { get; init; }

    public long Bad { get; init; }

    public double? Remaining { get; init; }

    public BurnRates BurnRates { get; init; } = BurnRates.Unknown;

    public required Verdict Verdict { get; init; }

    public RollbackCause? Cause { get; init; }

    /// <summary>What the verdict asks for; null is nothing.</summary>
    public BreachAction? Action { get; init; }

    public required ImmutableArray<string> Reasons { get; init; }

    public RollbackEvidence? Evidence { get; init; }

    /// <summary>How the evidence came to where it is; short, and only of its present rise.</summary>
    public ImmutableArray<EvidencePoint> Trail { get; init; } = [];

    /// <summary>The events that the evidence was drawn from.</summary>
    public RollbackCounts? Counts { get; init; }

    /// <summary>Since when the evidence has been rising.</summary>
    public DateTimeOffset? RisingSince { get; init; }

    /// <summary>Where the budget's window begins.</summary>
    public DateTimeOffset? BudgetSince { get; init; }

    /// <summary>When g was proven, if it was: the moment the evidence crossed its threshold.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    public Freshness Freshness { get; init; }

    /// <summary>When the newest data was taken; the age is counted from here at the moment of asking.</summary>
    public DateTimeOffset? DataAt { get; init; }

    public bool SharedOutage { get; init; }

    public bool Page { get; init; }

    public bool FreezeWidening { get; init; }

    /// <summary>The fallback is served already.</summary>
    public bool RolledBack { get; init; }

    /// <summary>Windows of evidence that ended early; their α is spent.</summary>
    public int SpentWindows { get; init; }
}
