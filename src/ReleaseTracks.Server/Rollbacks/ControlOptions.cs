using ReleaseTracks.Objectives;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>Section <c>ReleaseTracks:Control</c>.</summary>
public sealed class ControlOptions
{
    public const string Section = "ReleaseTracks:Control";
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>How often the control loop measures, decides and acts, such as <c>15s</c>.</summary>
    public string Interval { get; set; } = "15s";

    /// <summary>
    /// Reports to the built-in store older than this are stale; a product that is idle reports zeros. Prometheus has
    /// its own measure, three scrape intervals.
    /// </summary>
    public string StaleAfter { get; set; } = "60s";

    /// <summary>How long a rollback may take to show in the traffic before it is an alarm.</summary>
    public string VerifyWithin { get; set; } = "5m";

    public TimeSpan IntervalSpan => Parse(Interval);

    public TimeSpan StaleAfterSpan => Parse(StaleAfter);

    public TimeSpan VerifyWithinSpan => Parse(VerifyWithin);

    /// <summary>
    /// The leader's lease; another server takes over when it ends. Three intervals, but never so short that a source of
    /// outcomes that hangs until its timeout costs the lease.
    /// </summary>
    public TimeSpan Lease => 3 * IntervalSpan > ShortestLease ? 3 * IntervalSpan : ShortestLease;

    public bool IsValid => IntervalSpan >= Shortest && IntervalSpan <= Longest && StaleAfterSpan > TimeSpan.Zero && VerifyWithinSpan > TimeSpan.Zero;

    public static string Rule =>
        $"{Section}:Interval must be a duration from 100ms to 5m such as 15s; {Section}:StaleAfter and {Section}:VerifyWithin durations above zero.";

    private static TimeSpan Parse(string text) => Durations.TryParse(text, out var span) ? span : TimeSpan.Zero;
}
