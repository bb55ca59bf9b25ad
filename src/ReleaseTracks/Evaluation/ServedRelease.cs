using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Evaluation;

/// <summary>A half-open range of buckets, in percent, and what the users in it get. The last range includes 100.</summary>
public readonly record struct BucketRange(double From, double To, Result Result);

/// <summary>
/// What the users of one track are served of one feature, with inheritance, rollbacks and kills resolved.
/// The ranges cover [0, 100] without gap or overlap.
/// </summary>
public sealed class ServedRelease
{
    private readonly double[] upperBounds;
    private readonly Result[] results;

    private ServedRelease(TrackKey? from, Result withoutKey, ImmutableArray<BucketRange> ranges)
    {
        From = from;
        WithoutTargetingKey = withoutKey;
        Ranges = ranges;
        (upperBounds, results) = (new double[ranges.Length], new Result[ranges.Length]);
        for (var i = 0; i < ranges.Length; i++)
        {
            (upperBounds[i], results[i]) = (ranges[i].To, ranges[i].Result);
            Exposes |= !ranges[i].Result.IsFallback;
        }
    }

    /// <summary>The track whose release or rollback decides; null where nothing is released.</summary>
    public TrackKey? From { get; }

    /// <summary>What someone without an identity gets.</summary>
    public Result WithoutTargetingKey { get; }

    public ImmutableArray<BucketRange> Ranges { get; }

    public bool Exposes { get; }

    internal bool IsSplit => results.Length > 1;

    internal Result Only => results[0];

    /// <summary>Every user gets the same variant by either.</summary>
    internal bool ServesAs(ServedRelease other) => Ranges.Length == other.Ranges.Length && Ranges.Zip(other.Ranges)
        .All(pair => pair.First.To.Equals(pair.Second.To) && pair.First.Result.Variant == pair.Second.Result.Variant);

    internal Result At(double percentage)
    {
        // Counted to the end, not looked for: which way a user goes is what a processor cannot guess.
        var at = 0;
        for (var i = 0; i < results.Length - 1; i++)
            at += percentage >= upperBounds[i] ? 1 : 0;
        return results[at];
    }

    /// <summary>
    /// Looks downwards from the user's track for the first release. A rollback on the way ends the search with the
    /// fallback: the next lower release could expose more than what was rolled back.
    /// </summary>
    internal static ServedRelease For(FeatureModel feature, TrackKey track)
    {
        var config = feature.Config;
        if (feature.Switches.Killed)
            return Fixed(null, new(feature, track, null, Reason.Disabled, Cause.Killed));

        for (var level = track; level >= TrackKey.Stable; level--)
        {
            if (feature.IsRolledBack(level))
                return Fixed(level, new(feature, track, config.FallbackVariant, Reason.Default, Cause.RolledBack));
            if (config.Releases.TryGetValue(level, out var allocation))
                return Allocated(feature, track, level, allocation);
        }

        return Fixed(null, new(feature, track, config.FallbackVariant, Reason.Default, Cause.NotReleased));
    }

    private static ServedRelease Allocated(FeatureModel feature, TrackKey track, TrackKey from, ImmutableArray<Share> allocation)
    {
        var config = feature.Config;
        var shares = allocation.Where(share => share.Weight > 0).ToArray();
        var everywhere = from == TrackKey.Stable && config.Releases.Count == 1 && feature.Switches.RolledBack.IsEmpty;
        var reason = shares.Length > 1 ? Reason.Split : everywhere ? Reason.Static : Reason.TargetingMatch;
        var ranges = ImmutableArray.CreateBuilder<BucketRange>(shares.Length);
        var start = 0d;
        for (var i = 0; i < shares.Length; i++)
        {
            var end = i == shares.Length - 1 ? 100 : Math.Min(100, start + shares[i].Weight);
            ranges.Add(new(start, end, new(feature, track, config.Find(shares[i].Variant), reason, Cause.Released)));
            start = end;
        }

        var withoutKey = shares.Length > 1
            ? new Result(feature, track, config.FallbackVariant, Reason.Default, Cause.NoTargetingKey)
            : ranges[0].Result;
        return new(from, withoutKey, ranges.ToImmutable());
    }

    private static ServedRelease Fixed(TrackKey? from, Result result) => new(from, result, [new(0, 100, result)]);
}
