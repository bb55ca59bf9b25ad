namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>
/// How long to wait after so many failures in a row: from a second, twice as long each time up to five minutes, with
/// jitter, and for ever: an alert is not given up. What the other side asks for counts when it is longer.
/// </summary>
public static class Retry
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <param name="failures">From 1.</param>
    /// <param name="sample">Random, in [0, 1).</param>
    /// <param name="asked">What the answer's Retry-After says.</param>
    public static TimeSpan After(int failures, double sample, TimeSpan? asked)
    {
        // Capped before it is used: after a year of failures it must not overflow.
        var bound = First * Math.Pow(2, Math.Min(failures - 1, 20));
        var own = (0.5 + (0.5 * sample)) * (bound < Longest ? bound : Longest);
        return asked > own ? asked.Value : own;
    }
}
