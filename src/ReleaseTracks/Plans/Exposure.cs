using System.Collections.Immutable;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>What a change does to what users get; computed, never taken from a label.</summary>
public enum ExposureEffect
{
    /// <summary>Nobody's variant changes.</summary>
    Neutral,

    /// <summary>Some get the fallback instead of something else, and nobody gets anything else that is new.</summary>
    Lowers,

    /// <summary>Some get a variant, or a new value of one, that they do not get now, or would get it from a rollback.</summary>
    Raises,
}

/// <summary>Share of one track's users, in percent, for whom one feature changes.</summary>
public sealed record ExposureShare(string Feature, TrackKey Track, double Raised, double Lowered);

/// <summary>More people would be on a track: how many percent of those without a choice of their own; 0 where it opens.</summary>
public sealed record TrackEntry(TrackKey Track, double Percent);

public sealed record Exposure(ExposureEffect Effect, ImmutableArray<ExposureShare> Shares, ImmutableArray<TrackEntry> Entering)
{
    /// <summary>
    /// Compares two states over the whole assignment space: every touched feature, every track, every range of
    /// buckets between two boundaries of either state. Exact, because within such a range everybody gets the same.
    /// </summary>
    public static Exposure Compare(Snapshot before, Snapshot after)
    {
        var shares = ImmutableArray.CreateBuilder<ExposureShare>();
        var plainPathMoves = false;
        foreach (var (key, was, now) in Touched.Models(before, after))
        {
            var fallback = (before.Find(key) ?? after.Find(key))!.Config.FallbackVariant;
            plainPathMoves |= now is not null && !Same(now.Config.FallbackVariant, fallback);
            foreach (var track in TrackKeys.All)
            {
                var share = Compare(key, fallback, was, now, track);
                if (share.Raised > 0 || share.Lowered > 0)
                    shares.Add(share);
            }
        }

        var (entering, leaving) = (Entries(before, after), Entries(after, before));
        var raises = plainPathMoves || shares.Any(share => share.Raised > 0) || !entering.IsEmpty;
        var lowers = shares.Any(share => share.Lowered > 0) || !leaving.IsEmpty || CapsMore(before, after);
        return new(raises ? ExposureEffect.Raises : lowers ? ExposureEffect.Lowers : ExposureEffect.Neutral, shares.ToImmutable(), entering);
    }

    /// <summary>
    /// More people would be on a higher track: a larger cohort, or an opened track. Who they are is not known beforehand,
    /// so it counts as raising whatever the features serve today.
    /// </summary>
    private static ImmutableArray<TrackEntry> Entries(Snapshot before, Snapshot after)
    {
        if (ReferenceEquals(before.Tracks, after.Tracks))
            return [];
        var entries = ImmutableArray.CreateBuilder<TrackEntry>();
        foreach (var (track, now) in after.Tracks)
        {
            var was = before.Tracks.GetValueOrDefault(track);
            var more = Math.Max(0, now.Config.CohortPercent - (was?.Config.CohortPercent ?? 0));
            if (more > 0 || (was?.ClosedBy is not null && now.ClosedBy is null))
                entries.Add(new(track, more));
        }

        return entries.ToImmutable();
    }

    /// <summary>
    /// A lowered ceiling takes people off a track. A raised one gives nobody anything by itself: whoever comes up asked for
    /// the track themselves. It is a loosening, which needs approval all the same.
    /// </summary>
    private static bool CapsMore(Snapshot before, Snapshot after) => !ReferenceEquals(before.Organisations, after.Organisations)
        && after.Organisations.Keys.Any(id => after.Ceiling(id) < before.Ceiling(id));

    private static ExposureShare Compare(string key, Variant fallback, FeatureModel? before, FeatureModel? after, TrackKey track)
    {
        var bounds = new SortedSet<double> { 0, 100 };
        bounds.UnionWith(Bounds(before, track));
        bounds.UnionWith(Bounds(after, track));
        double raised = 0, lowered = 0, from = 0;
        foreach (var to in bounds.Skip(1))
        {
            var effect = Of(fallback, At(before, track, from), At(after, track, from));
            (raised, lowered) = effect switch
            {
                ExposureEffect.Raises => (raised + to - from, lowered),
                ExposureEffect.Lowers => (raised, lowered + to - from),
                _ => (raised, lowered),
            };
            from = to;
        }

        return new(key, track, raised, lowered);
    }

    private static IEnumerable<double> Bounds(FeatureModel? feature, TrackKey track) =>
        feature?.Served(track).Ranges.Select(range => range.To) ?? [];

    private static Variant? At(FeatureModel? feature, TrackKey track, double percentage) =>
        feature?.Served(track).At(percentage).Variant;

    /// <summary>
    /// The plain path is the one of the state before, even of a feature that is archived there: naming another variant
    /// the fallback, or giving the fallback a new value, serves something new and therefore raises. It does so even
    /// where nobody gets the fallback today, since the next rollback, or a user without identity, would.
    /// </summary>
    private static ExposureEffect Of(Variant fallback, Variant? before, Variant? after)
    {
        var wasPlain = before is null || Same(before, fallback);
        var isPlain = after is null || Same(after, fallback);
        if (isPlain)
            return wasPlain ? ExposureEffect.Neutral : ExposureEffect.Lowers;
        return before is not null && Same(before, after!) ? ExposureEffect.Neutral : ExposureEffect.Raises;
    }

    private static bool Same(Variant a, Variant b) =>
        a.Name == b.Name && System.Text.Json.JsonElement.DeepEquals(a.Value, b.Value);
}
