using System.Runtime.CompilerServices;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Evaluation;

/// <summary>The one place that says which variant a user gets. Pure, total, and allocates nothing.</summary>
public static class Evaluator
{
    private const int WorthABatch = 3;

    /// <param name="feature">The feature in the snapshot that is read.</param>
    /// <param name="track">The user's effective track: enrollment capped by their organisation's ceiling.</param>
    /// <param name="targetingKey">The user; null or empty for somebody unknown.</param>
    public static Result Evaluate(FeatureModel feature, TrackKey track, string? targetingKey)
    {
        var served = feature.Served(track);
        if (string.IsNullOrEmpty(targetingKey))
            return served.WithoutTargetingKey;
        return served.IsSplit ? served.At(Bucketing.Percentage(targetingKey, feature.BucketHint)) : served.Only;
    }

    /// <summary>
    /// What <see cref="Evaluate"/> says of each feature that is not archived. Where many are split it takes a fraction of the time, since
    /// as many buckets are computed at once as a vector of the processor has lanes.
    /// </summary>
    /// <param name="state">The snapshot that is read.</param>
    /// <param name="track">The user's effective track.</param>
    /// <param name="targetingKey">The user; null or empty for somebody unknown.</param>
    /// <param name="results">Takes one for each of <see cref="Snapshot.Served"/>, in its order.</param>
    /// <exception cref="ArgumentException"><paramref name="results"/> is shorter than that.</exception>
    public static void EvaluateAll(Snapshot state, TrackKey track, string? targetingKey, Span<Result> results)
    {
        var table = state.Table(track);
        if (results.Length < table.Count)
            throw new ArgumentException($"There are {table.Count} features, and room for {results.Length} results.", nameof(results));
        if (string.IsNullOrEmpty(targetingKey))
        {
            for (var i = 0; i < table.Count; i++)
                results[i] = Evaluate(state.Served[i], track, targetingKey);
            return;
        }

        table.CopyTo(results);
        if (SixteenLanes.IsSupported)
            Decide<SixteenLanes>(table.Splits, targetingKey, results);
        else if (EightLanes.IsSupported)
            Decide<EightLanes>(table.Splits, targetingKey, results);
        else
            DecideEach(table.Splits, targetingKey, results);
    }

    [SkipLocalsInit]
    internal static void Decide<T>(ReadOnlySpan<TrackTable.Split> splits, string targetingKey, Span<Result> results)
        where T : unmanaged, ILanes<T>
    {
        Span<double> buckets = stackalloc double[T.Count];
        var batch = new BucketBatch<T>(stackalloc byte[T.Count * BucketHint.Size], stackalloc bool[T.Count], targetingKey);
        while (splits.Length >= WorthABatch)
        {
            var some = splits[..Math.Min(T.Count, splits.Length)];
            if (batch.TryCompute(some, buckets))
            {
                for (var i = 0; i < some.Length; i++)
                    results[some[i].At] = some[i].Served.At(buckets[i]);
            }
            else
            {
                DecideEach(some, targetingKey, results);
            }

            splits = splits[some.Length..];
        }

        DecideEach(splits, targetingKey, results);
    }

    internal static void DecideEach(ReadOnlySpan<TrackTable.Split> splits, string targetingKey, Span<Result> results)
    {
        foreach (var split in splits)
            results[split.At] = split.Served.At(Bucketing.Percentage(targetingKey, split.Hint));
    }
}
