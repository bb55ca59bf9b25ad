using ReleaseTracks.Features;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Evaluation;

/// <summary>The one place that says which variant a user gets. Pure, total, and allocates nothing.</summary>
public static class Evaluator
{
    /// <param name="feature">The feature in the snapshot that is read.</param>
    /// <param name="track">The user's effective track: enrollment capped by their organisation's ceiling.</param>
    /// <param name="targetingKey">The user; null or empty for somebody unknown.</param>
    public static Result Evaluate(FeatureModel feature, TrackKey track, string? targetingKey)
    {
        var served = feature.Served(track);
        if (string.IsNullOrEmpty(targetingKey))
            return served.WithoutTargetingKey;
        return served.IsSplit ? served.At(Bucketing.Percentage(targetingKey, feature.BucketSuffix)) : served.Only;
    }
}
