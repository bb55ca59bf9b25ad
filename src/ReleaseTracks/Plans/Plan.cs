using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Access;

namespace ReleaseTracks.Plans;

public enum PlanState
{
    Proposed,
    Approved,
    Applied,
    Rejected,
    Expired,
    Stale,
    Cancelled,
}

/// <summary>Whether an applied plan was read back, and what was found.</summary>
public enum PlanReadBack
{
    /// <summary>Not yet.</summary>
    Open,
    Verified,

    /// <summary>What is served is not what was approved: an alarm.</summary>
    Unverified,
}

/// <summary>
/// An immutable list of changes on a base revision. <see cref="Hash"/> is the SHA-256 (hex) of the canonical bytes
/// of <see cref="Document"/>; whoever approves or applies names it, so what is applied is what was read.
/// </summary>
public sealed record Plan
{
    public required string Id { get; init; }

    public required string Hash { get; init; }

    /// <summary>Everything the hash covers: changes, diff, exposure, rules, base revision, author, times, inverse.</summary>
    public required JsonElement Document { get; init; }

    public required ImmutableArray<Change> Changes { get; init; }

    public required long BaseRevision { get; init; }

    public required int ApprovalsNeeded { get; init; }

    public required Actor Author { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>Somebody was told no, and by which rule.</summary>
public sealed record PlanRefusalNote(Actor By, string Rule, string Detail, DateTimeOffset At);

/// <summary>A plan in one snapshot: what was proposed and what became of it.</summary>
public sealed record PlanModel(Plan Plan, PlanState State, long ProposedRevision)
{
    public long? AppliedRevision { get; init; }

    public string? StateReason { get; init; }

    public ImmutableArray<PlanApproval> Approvals { get; init; } = [];

    /// <summary>Applying it was refused: the last time for each person and rule.</summary>
    public ImmutableArray<PlanRefusalNote> Refusals { get; init; } = [];

    public PlanReadBack ReadBack { get; init; }

    public bool IsOpen => State is PlanState.Proposed or PlanState.Approved;

    /// <summary>The state as seen at a time: an open plan past its time is expired without anybody writing so.</summary>
    public PlanState StateAt(DateTimeOffset now) => IsOpen && now >= Plan.ExpiresAt ? PlanState.Expired : State;
}

public static class PlanStates
{
    public static string Wire(this PlanState state) => state.ToString().ToLowerInvariant();
}
