using System.Collections.Immutable;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Features;

/// <summary>
/// A feature in one snapshot: what was written, what rollbacks and kills did to it, and what each track's users
/// are therefore served. Everything an evaluation needs is computed here once, so that evaluating allocates nothing.
/// </summary>
public sealed class FeatureModel
{
    private readonly ServedRelease[] served;

    public FeatureModel(Feature config, long revision, FeatureSwitches? switches = null)
        : this(config, revision, switches, null)
    {
    }

    private FeatureModel(Feature config, long revision, FeatureSwitches? switches, BucketHint? hint)
    {
        Config = config;
        Revision = revision;
        Switches = switches ?? FeatureSwitches.None;
        BucketHint = hint ?? new(Bucketing.Hint(config.Key));
        served = new ServedRelease[TrackKeys.All.Count];
        foreach (var track in TrackKeys.All)
            served[(int)track] = ServedRelease.For(this, track);
    }

    public Feature Config { get; }

    /// <summary>The revision that last changed this feature in any way; a plan is stale when it moved on.</summary>
    public long Revision { get; }

    public FeatureSwitches Switches { get; }

    /// <summary>Since when each track has been served more than the fallback without a break; only tracks that are.</summary>
    public ImmutableSortedDictionary<TrackKey, DateTimeOffset> ServingSince { get; private set; } = ImmutableSortedDictionary<TrackKey, DateTimeOffset>.Empty;

    /// <summary>Everything hashed after the user id.</summary>
    internal BucketHint BucketHint { get; }

    public ServedRelease Served(TrackKey track) => served[(int)track];

    public bool IsRolledBack(TrackKey track) => Switches.RolledBack.ContainsKey(track);

    /// <summary>Some user on the track would get another variant than the fallback.</summary>
    public bool Exposes(TrackKey track) => Served(track).Exposes;

    /// <summary>Two tracks are split, and not in the same way.</summary>
    public bool SplitsDiffer
    {
        get
        {
            var splits = served.Where(one => one.IsSplit).ToArray();
            return splits.Length > 1 && splits.Any(one => !one.ServesAs(splits[0]));
        }
    }

    internal FeatureModel With(long revision, Feature? config = null, FeatureSwitches? switches = null) =>
        new(config ?? Config, revision, switches ?? Switches, BucketHint) { ServingSince = ServingSince };

    /// <summary>The same feature at a time: tracks that began to serve are noted with it, those that ended forgotten.</summary>
    internal FeatureModel Noting(DateTimeOffset at)
    {
        var since = ServingSince;
        foreach (var track in TrackKeys.All)
        {
            if (Switches.Archived || !Exposes(track))
                since = since.Remove(track);
            else if (!since.ContainsKey(track))
                since = since.Add(track, at);
        }

        if (ReferenceEquals(since, ServingSince))
            return this;
        var copy = (FeatureModel)MemberwiseClone();
        copy.ServingSince = since;
        return copy;
    }
}

/// <summary>What is laid over the releases of a feature. Only a plan takes these away again.</summary>
public sealed record FeatureSwitches(
    bool Archived,
    string? KilledReason,
    ImmutableSortedDictionary<TrackKey, string> RolledBack,
    ImmutableSortedDictionary<TrackKey, long> ClearedRevisions)
{
    public static FeatureSwitches None { get; } = new(
        false, null, ImmutableSortedDictionary<TrackKey, string>.Empty, ImmutableSortedDictionary<TrackKey, long>.Empty);

    /// <summary>When it was killed; null if it is not.</summary>
    public DateTimeOffset? KilledAt { get; init; }

    public bool Killed => KilledReason is not null;
}
