using System.Collections.Immutable;

namespace ReleaseTracks.Rollbacks;

/// <summary>One feature's treatment events on a track in the window that is judged.</summary>
public readonly record struct FeatureCounts(string Feature, long Total, long Bad, bool IsOut);

/// <summary>
/// Which features to roll back when a track as a whole failed and no feature did by itself: from the largest excess
/// of bad events down, until the rest together is within the objective. If none stands out, that is all of them.
/// </summary>
public static class TrackRanking
{
    /// <param name="features">Everything that serves, or served, on the track; those out already are not chosen again.</param>
    /// <param name="tolerance">B = 1 − target.</param>
    /// <returns>All features, worst first; those to roll back are marked. None is marked when those already out explain it.</returns>
    public static ImmutableArray<RankedFeature> Choose(IEnumerable<FeatureCounts> features, double tolerance)
    {
        var ranked = features
            .Select(counts => (Counts: counts, Excess: counts.Bad - (tolerance * counts.Total)))
            .OrderByDescending(row => row.Counts.IsOut)
            .ThenByDescending(row => row.Excess)
            .ThenBy(row => row.Counts.Feature, StringComparer.Ordinal)
            .ToArray();
        var restTotal = ranked.Sum(row => row.Counts.Total);
        var restBad = ranked.Sum(row => row.Counts.Bad);
        var result = ImmutableArray.CreateBuilder<RankedFeature>(ranked.Length);
        foreach (var (counts, excess) in ranked)
        {
            var within = restBad <= tolerance * restTotal;
            result.Add(new(counts.Feature, excess, counts.Bad, counts.Total, !counts.IsOut && !within));
            if (counts.IsOut || !within)
                (restTotal, restBad) = (restTotal - counts.Total, restBad - counts.Bad);
        }

        return result.ToImmutable();
    }
}
