using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Rollbacks;

/// <summary>Everything one row, a (feature, track, objective), is judged by.</summary>
public sealed record RowInputs
{
    public required Objective Objective { get; init; }

    public required TrackKey Track { get; init; }

    public required GuardState Guard { get; init; }

    public required GuardSettings Settings { get; init; }

    public Freshness Freshness { get; init; } = Freshness.Fresh;

    /// <summary>Spent share of the error budget; null when unknown, which is not zero.</summary>
    public double? BudgetSpent { get; init; }

    /// <summary>When the row could last be measured, while it cannot be.</summary>
    public DateTimeOffset? BlindSince { get; init; }

    /// <summary>A page rule of the multi-window burn rates holds. It calls somebody and never rolls back by itself.</summary>
    public bool BurnRatePage { get; init; }
}
