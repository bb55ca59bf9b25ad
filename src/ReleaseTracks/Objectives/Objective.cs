using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives;

/// <summary>What happens when an objective fails. Automation never does more than roll back.</summary>
public enum BreachAction
{
    /// <summary>Shown, nothing else.</summary>
    Observe,

    /// <summary>Nothing may widen the feature on this track until the objective holds again.</summary>
    Pause,

    /// <summary>The feature serves its fallback on this track until a plan clears it.</summary>
    Rollback,
}

/// <summary>What to do when the feature fails and the control group fails as well.</summary>
public enum SharedOutageAction
{
    Hold,
    Rollback,
}

/// <summary>
/// PromQL for an indicator of the user's own: cumulative counters that keep the labels <c>feature</c> and
/// <c>track</c>. Exactly one of <see cref="Good"/> and <see cref="Bad"/> is set.
/// </summary>
public sealed record ObjectiveSource(string? Good, string? Bad, string Total);

/// <summary>One service level objective as it was written: indicator, target, rolling window and consequence.</summary>
public sealed record Objective
{
    public required string Id { get; init; }

    public required Indicator Indicator { get; init; }

    /// <summary>Share of good events that is promised, in (0, 1).</summary>
    public required double Target { get; init; }

    /// <summary>Rolling window of the error budget.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(28);

    /// <summary>Null takes the track's default: ai rolls back, innovative pauses, stable observes.</summary>
    public BreachAction? OnBreach { get; init; }

    /// <summary>Bound on the probability of a false rollback per 30-day window, in (0, 0.5].</summary>
    public double Alpha { get; init; } = 0.01;

    /// <summary>How many times worse than control the treatment may be before that is evidence; at least 1.</summary>
    public double Margin { get; init; } = 1;

    public SharedOutageAction SharedOutage { get; init; } = SharedOutageAction.Hold;

    /// <summary>Share of the window's budget that must be gone before proof alone acts, in [0, 1].</summary>
    public double MinBudgetSpent { get; init; }

    /// <summary>Indicator whose total is the number of opportunities (harm: availability).</summary>
    public Indicator? TotalFrom { get; init; }

    public ObjectiveSource? Source { get; init; }

    /// <summary>The tolerated failure ratio B = 1 − target.</summary>
    public double Tolerance => 1 - Target;

    /// <summary>
    /// Tells objectives apart that count different events (FNV-1a, stable between processes): neither evidence nor budget
    /// of one may be continued by the other, though id and target are the same.
    /// </summary>
    public ulong CountedFingerprint => $"{Indicator}|{TotalFrom}|{Source?.Good}|{Source?.Bad}|{Source?.Total}"
        .Aggregate(14695981039346656037UL, (hash, character) => (hash ^ character) * 1099511628211UL);

    public BreachAction BreachActionOn(TrackKey track) => OnBreach ?? track switch
    {
        TrackKey.Ai => BreachAction.Rollback,
        TrackKey.Innovative => BreachAction.Pause,
        _ => BreachAction.Observe,
    };
}
