using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Rollbacks;

public enum RollbackState
{
    /// <summary>In the ledger and served; not yet seen to have taken effect in the traffic.</summary>
    Committed,
    Verified,

    /// <summary>The traffic did not go to zero in time: an alarm.</summary>
    Unverified,
    Cleared,
}

/// <summary>The log evidence behind a rollback, against the threshold ln(1/α).</summary>
public sealed record RollbackEvidence(double G, double? BR, double? C1, double Threshold);

/// <summary>The events the evidence was drawn from.</summary>
public sealed record RollbackCounts(long Total, long Bad, long ControlTotal, long ControlBad);

/// <summary>One feature's part in a track-wide breach: how many more bad events than the objective allows.</summary>
public sealed record RankedFeature(string Feature, double Excess, long Bad, long Total, bool RolledBack);

/// <summary>
/// One rollback: since <see cref="At"/> the features serve their fallback on the track, until a plan clears it.
/// With <see cref="WholeTrack"/> the track itself failed, and nobody newly enters it.
/// </summary>
public sealed record RollbackRecord
{
    public required string Id { get; init; }

    public bool WholeTrack { get; init; }

    public required ImmutableArray<string> Features { get; init; }

    public required TrackKey Track { get; init; }

    public required DateTimeOffset At { get; init; }

    public required RollbackCause Cause { get; init; }

    public string? Objective { get; init; }

    public ImmutableArray<string> Reasons { get; init; } = [];

    public RollbackEvidence? Evidence { get; init; }

    public RollbackCounts? Counts { get; init; }

    public ImmutableArray<RankedFeature> Ranking { get; init; } = [];

    /// <summary>How the evidence came to it; empty where none was weighed.</summary>
    public ImmutableArray<EvidencePoint> Trail { get; init; } = [];

    /// <summary>When the evidence began to rise: the first sign of the fault. Null where none was weighed.</summary>
    public DateTimeOffset? RisingSince { get; init; }

    /// <summary>When the breach was proven; null for other causes.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>What was to be done after it, and who did it.</summary>
    public ImmutableArray<PlaybookStep> Playbook { get; init; } = [];

    public required Actor Actor { get; init; }

    public long Revision { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public DateTimeOffset? ClearedAt { get; init; }

    public RollbackState State { get; init; }
}

public static class RollbackCodes
{
    public static RollbackCause? ParseCause(string? text) => text switch
    {
        "budget-exhausted" => RollbackCause.BudgetExhausted,
        "breach-proven" => RollbackCause.BreachProven,
        "manual" => RollbackCause.Manual,
        _ => null,
    };

    public static string Wire(this RollbackState state) => state switch
    {
        RollbackState.Committed => "committed",
        RollbackState.Verified => "verified",
        RollbackState.Unverified => "unverified",
        _ => "cleared",
    };
}
