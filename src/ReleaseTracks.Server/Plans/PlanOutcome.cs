using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Plans;

/// <summary>Why nothing was done with a plan; the detail says more.</summary>
public enum PlanRefusal
{
    NotFound,
    WrongHash,
    Stale,
    Expired,

    /// <summary>It was applied, rejected or cancelled.</summary>
    NotOpen,

    /// <summary>The author wants to approve, and somebody else could.</summary>
    OwnPlan,

    /// <summary>Not enough people have approved.</summary>
    NotApproved,

    /// <summary>A rule says no; <see cref="PlanOutcome.Rule"/> names it.</summary>
    RuleDenied,

    /// <summary>Only the author or an administrator may cancel.</summary>
    NotYours,
}

/// <summary>The plan as it is now, or why it is not as somebody wanted it.</summary>
public sealed record PlanOutcome(PlanModel? Plan, PlanRefusal? Refusal = null, string Detail = "")
{
    public string? Rule { get; init; }

    public bool Done => Refusal is null;

    /// <summary>The revision that applied it; 0 if it was not.</summary>
    public long Revision => Plan?.AppliedRevision ?? 0;
}
