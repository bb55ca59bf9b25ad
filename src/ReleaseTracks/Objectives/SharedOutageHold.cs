namespace ReleaseTracks.Objectives;

/// <summary>
/// What is remembered while the feature fails and its control has not confirmed that it is the feature's fault:
/// the counts of the last half hour in buckets of five minutes, on both sides.
/// </summary>
/// <remarks>
/// The hold ends when both the control and the treatment have been within the objective for 30 minutes. Ending it
/// on the control alone would restart the comparison every half hour while only the feature fails, and at low
/// traffic it would then never reach its verdict.
/// </remarks>
public sealed class SharedOutageHold(DateTimeOffset since)
{
    public const int Buckets = 7;
    public static readonly TimeSpan RecoveryTime = TimeSpan.FromMinutes(30);

    private static readonly long BucketTicks = TimeSpan.FromMinutes(5).Ticks;

    public DateTimeOffset Since { get; } = since;

    internal IntervalCounts[] Ring { get; } = new IntervalCounts[Buckets];

    internal long LastBucket { get; set; } = since.UtcTicks / BucketTicks;

    internal void Add(IntervalCounts counts, DateTimeOffset now)
    {
        var bucket = Math.Max(now.UtcTicks / BucketTicks, LastBucket);
        for (var stale = Math.Max(LastBucket + 1, bucket - Buckets + 1); stale <= bucket; stale++)
            Ring[stale % Buckets] = default;
        LastBucket = bucket;
        Ring[bucket % Buckets] += counts;
    }

    /// <summary>Whether the treatment still fails, over the last five to ten minutes.</summary>
    internal bool TreatmentFails(double tolerance)
    {
        var latest = Ring[LastBucket % Buckets] + Ring[(LastBucket + Buckets - 1) % Buckets];
        return latest.Bad > tolerance * latest.Total;
    }

    internal bool HasEnded(double tolerance, DateTimeOffset now)
    {
        var recent = Ring.Aggregate((a, b) => a + b);
        return now - Since >= RecoveryTime
            && recent.Total + recent.ControlTotal > 0
            && recent.ControlBad <= tolerance * recent.ControlTotal
            && recent.Bad <= tolerance * recent.Total;
    }
}
