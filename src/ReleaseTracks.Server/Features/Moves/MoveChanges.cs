using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features.Moves;

/// <summary>
/// What it takes to bring a feature's widest audience to another track: towards Stable, that track gets a release of its
/// own; away from it, the wider releases end and everybody who keeps the feature keeps what they have.
/// </summary>
public static class MoveChanges
{
    /// <summary>A first step that tells something and can still be taken back quietly.</summary>
    public const double FirstShare = 10;

    /// <param name="feature">As it is now.</param>
    /// <param name="target">Where it is to be; null takes it back from everybody.</param>
    /// <param name="percent">Share of the target's users, when it gets a release.</param>
    public static ImmutableArray<Change> To(Feature feature, TrackKey? target, double percent)
    {
        if (target == feature.Lane)
            return [];
        var changes = ImmutableArray.CreateBuilder<Change>();
        if (target is { } track && (feature.Lane is null || track < feature.Lane))
            return [new Change.ReleaseSet(feature.Key, track, Allocation(feature, percent))];
        if (target is { } kept && feature.Lane is { } lane && !Exposes(feature, kept))
            changes.Add(new Change.ReleaseSet(feature.Key, kept, feature.Releases[lane]));
        foreach (var wider in feature.Releases.Keys.Where(one => (target is null || one < target) && Exposes(feature, one)))
            changes.Add(new Change.ReleaseRemove(feature.Key, wider));
        return changes.ToImmutable();
    }

    /// <summary>Whether the share can be chosen: only where a track gets a release.</summary>
    public static bool HasShare(Feature feature, TrackKey? target) => target is { } track && (feature.Lane is null || track < feature.Lane);

    public static string Title(Feature feature, TrackKey? target) => target is { } track
        ? $"Move {feature.Name} to {Components.TrackLabels.Label(track)}"
        : $"Take {feature.Name} back from every track";

    /// <summary>The mix of the present release, at another share; the rest gets the fallback.</summary>
    public static ImmutableArray<Share> Allocation(Feature feature, double percent)
    {
        var mix = feature.Lane is { } lane
            ? feature.Releases[lane].Where(share => share.Variant != feature.Fallback && share.Weight > 0).ToArray()
            : [.. feature.Variants.Where(variant => variant.Name != feature.Fallback).Take(1).Select(variant => new Share(variant.Name, 100))];
        if (mix.Length == 0)
            return [new(feature.Fallback, 100)];
        var whole = mix.Sum(share => share.Weight);
        Share[] shares = [.. mix[..^1].Select(share => share with { Weight = Math.Round(share.Weight / whole * percent, 3) })];
        // The last takes what is missing: the weights must sum to what was chosen, whatever rounding did.
        shares = [.. shares, mix[^1] with { Weight = Math.Round(percent - shares.Sum(share => share.Weight), 6) }];
        return percent >= 100 ? [.. shares] : [.. shares, new(feature.Fallback, Math.Round(100 - percent, 6))];
    }

    private static bool Exposes(Feature feature, TrackKey track) => feature.ExposedOn(track) > 0;
}
