namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// Start time and scrape age of every process, asked before and after the counters. Where both agree, the start is
/// that of the counters too. Where they do not, the process restarted in between, and nobody can say which
/// of the two the counters are of: the instance is left out, and the next reading counts it in full.
/// </summary>
internal sealed class ProcessRows
{
    // Some clients compute their start anew at every scrape.
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(1);

    public Dictionary<string, DateTimeOffset> Starts { get; } = [];

    public Dictionary<string, TimeSpan> ScrapeAges { get; } = [];

    public void Add(VectorRow row)
    {
        // Year 1970 to 9999; what does not fit is as good as unknown.
        if (row.Instance is not { } instance) return;
        if (row.Kind == PrometheusQueries.Start && row.Value is > 0 and < 253_402_300_800)
            Starts[instance] = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(row.Value);
        else if (row.Kind == PrometheusQueries.Age && TryAge(row.Value, out var age))
            ScrapeAges[instance] = age;
    }

    public bool AgreesWith(ProcessRows later, string instance)
    {
        var known = Starts.TryGetValue(instance, out var start);
        return known == later.Starts.TryGetValue(instance, out var laterStart) && (laterStart - start).Duration() <= Jitter;
    }

    /// <summary>A clock a moment ahead is not a negative age.</summary>
    public static bool TryAge(double seconds, out TimeSpan age)
    {
        var valid = seconds is > -1e9 and < 1e9;
        age = valid ? TimeSpan.FromSeconds(Math.Max(seconds, 0)) : TimeSpan.Zero;
        return valid;
    }
}
