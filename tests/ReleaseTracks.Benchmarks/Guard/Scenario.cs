namespace ReleaseTracks.Benchmarks;

/// <summary>A stretch of traffic: failures as multiples of what the objective tolerates.</summary>
internal sealed record Phase(int Intervals, double Multiple, double ControlMultiple = 0)
{
    public static Phase Hours(double hours, double multiple, double controlMultiple = 0) =>
        new((int)(hours * 240), multiple, controlMultiple);
}

/// <summary>One kind of traffic, told apart by its requests per second and objective.</summary>
internal sealed record Scenario(double Rate, double Target, params Phase[] Phases)
{
    public const double IntervalSeconds = 15;

    public double ControlRate { get; init; }

    /// <summary>Failures come 5 to 20 at a time in one interval, at the same long-run rate.</summary>
    public bool Bursts { get; init; }

    /// <summary>Index of the phase that begins the fault, or −1 when every rollback is a false one.</summary>
    public int FaultPhase { get; init; } = -1;

    /// <summary>The first phase ends at a random moment of an hour, so that no restart of the guard is close by design.</summary>
    public bool RandomFaultMinute { get; init; }

    public string Label => FormattableString.Invariant($"{Rate:0.##} rps, {Target:0.##%}")
        + (ControlRate > 0 ? FormattableString.Invariant($", control {ControlRate:0.##} rps") : "");
}

/// <summary>When the two rules rolled back, in intervals after the fault (or the start); null is never.</summary>
internal readonly record struct TrialResult(int? BurnRate, int? Ours)
{
    public static double? Seconds(int? intervals) => intervals * Scenario.IntervalSeconds;
}
