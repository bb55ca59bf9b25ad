namespace ReleaseTracks.Client.Streams;

/// <summary>How long to wait after so many failures in a row: twice as long each time, up to a bound, with jitter so that the clients of a server that comes back do not all come at once.</summary>
internal static class Backoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    /// <param name="failures">From 1.</param>
    /// <param name="sample">Random, in [0, 1).</param>
    public static TimeSpan After(int failures, double sample) => (0.5 + (0.5 * sample)) * Bound(failures);

    private static TimeSpan Bound(int failures)
    {
        // Capped before it is used: 2^40 ticks of a server that is gone for a year must not overflow.
        var bound = First * Math.Pow(2, Math.Min(failures - 1, 20));
        return bound < Most ? bound : Most;
    }
}
