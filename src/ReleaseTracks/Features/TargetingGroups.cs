using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Features;

/// <summary>
/// The groups by which exported definitions know a user: one for the track, and one for each feature that splits
/// several tracks differently, which a definition of Microsoft.FeatureManagement cannot say by itself.
/// </summary>
public static class TargetingGroups
{
    /// <summary>Somebody without an identity: a split has no bucket for them.</summary>
    public const string Nobody = "track:none";

    private static readonly string[] Tracks = [.. TrackKeys.All.Select(track => "track:" + track.Wire())];

    public static string Of(TrackKey track) => Tracks[(int)track];

    /// <summary>Carried by users who are served this variant.</summary>
    public static string Served(string feature, string variant) => $"serve:{feature}:{variant}";

    public static IEnumerable<string> Of(IEnumerable<FeatureModel> features, TrackKey track, string? user)
    {
        if (string.IsNullOrEmpty(user))
            return [Nobody];
        return features.Where(feature => feature.SplitsDiffer)
            .Select(feature => Evaluator.Evaluate(feature, track, user))
            .Where(result => result.Variant is not null)
            .Select(result => Served(result.Feature.Key, result.Variant!.Name))
            .Prepend(Of(track));
    }
}
