using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Objectives;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>One row of the budgets as the rules need it; feature null is the track as a whole.</summary>
public sealed record RowHealth(string? Feature, TrackKey Track, string Objective, Verdict Verdict)
{
    /// <summary>Null is unknown.</summary>
    public double? Remaining { get; init; }

    /// <summary>The source knows no counters.</summary>
    public bool NoData { get; init; }

    /// <summary>Nothing has ever been reported: usual in the first moments of a release.</summary>
    public bool IsSilent => NoData && Verdict == Verdict.Error;

    /// <summary>Blind for too long, a shared outage, or a breach that asks for a pause.</summary>
    public bool Frozen { get; init; }

    public long Events { get; init; }

    public string Reason { get; init; } = "";
}

/// <summary>A freeze window of a track that is open now.</summary>
public sealed record ActiveFreeze(TrackKey Track, DateTimeOffset Until, string Window);

/// <summary>What the rules must know of the moment: nothing in it can be read from the ledger.</summary>
public sealed record LiveFacts(DateTimeOffset Now, int Approvers)
{
    /// <summary>False when the budgets are unknown or too old to go by.</summary>
    public bool Measured { get; init; } = true;

    public ImmutableArray<RowHealth> Rows { get; init; } = [];

    public ImmutableArray<ActiveFreeze> Freezes { get; init; } = [];
}

/// <summary>Everything a rule may look at.</summary>
public sealed record RuleInputs
{
    public required Snapshot Before { get; init; }

    public required Snapshot After { get; init; }

    public required Exposure Exposure { get; init; }

    /// <summary>What would hold less strictly than before, each in one sentence.</summary>
    public required ImmutableArray<string> Loosened { get; init; }

    public required Actor Author { get; init; }

    public required LiveFacts Live { get; init; }

    /// <summary>How many approvals hold so far, and how many are needed.</summary>
    public int Approvals { get; init; }

    public int ApprovalsNeeded { get; init; }

    public bool Raises => Exposure.Effect == ExposureEffect.Raises;

    public bool Widens => Raises || !Loosened.IsEmpty;

    /// <summary>Features for which somebody gets something new, by track.</summary>
    public IEnumerable<ExposureShare> Raised => Exposure.Shares.Where(share => share.Raised > 0);

    /// <summary>Tracks on which somebody gets something new, or which more people would be on.</summary>
    public IEnumerable<TrackKey> WidenedTracks =>
        Raised.Select(share => share.Track).Concat(Exposure.Entering.Select(entry => entry.Track)).Distinct().Order();

    public TrackLimits LimitsOf(TrackKey track) => Before.Tracks.GetValueOrDefault(track)?.Config.Limits ?? TrackLimits.None;
}
