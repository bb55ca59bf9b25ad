using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Evaluation;

/// <summary>What the users of one track are served of every feature, in the order of the features: as far as it does not depend on who they are.</summary>
internal sealed class TrackTable
{
    private readonly Result[] results;
    private readonly Split[] splits;

    public TrackTable(ImmutableArray<FeatureModel> features, TrackKey track)
    {
        results = [.. features.Select(feature => feature.Served(track).Only)];
        splits = [.. features.Select((feature, at) => new Split(at, feature.Served(track), feature.BucketHint)).Where(one => one.Served.IsSplit)];
    }

    public int Count => results.Length;

    /// <summary>Those that depend on the user, whose results are to be replaced.</summary>
    public ReadOnlySpan<Split> Splits => splits;

    public void CopyTo(Span<Result> to) => results.CopyTo(to);

    /// <param name="At">Which of the features.</param>
    /// <param name="Served">Its ranges of buckets.</param>
    /// <param name="Hint">What is hashed behind the user's id.</param>
    internal readonly record struct Split(int At, ServedRelease Served, BucketHint Hint);
}
