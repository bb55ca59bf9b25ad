using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Snapshots;

/// <summary>What can happen to a feature, as people tell it.</summary>
public enum FeatureEventKind
{
    Added,

    /// <summary>Its widest audience is another track now.</summary>
    Moved,

    /// <summary>A track serves another share, or another mix, than before.</summary>
    Reweighted,
    RolledBack,
    Cleared,
    Killed,
    Revived,
    Archived,
    Restored,

    /// <summary>People are told something else about it.</summary>
    Disclosed,

    /// <summary>Its name, owner, variants or objectives.</summary>
    Changed,
}

/// <summary>One thing that happened to one feature: entry <see cref="Seq"/> of the ledger, told from that feature's side.</summary>
public sealed record FeatureEvent(long Seq, DateTimeOffset At, Actor Actor, string Feature, FeatureEventKind Kind)
{
    /// <summary>Where it stood before and stands after; null is not released.</summary>
    public TrackKey? From { get; init; }

    public TrackKey? To { get; init; }

    /// <summary>The track that was rolled back, cleared or reweighted.</summary>
    public TrackKey? Track { get; init; }

    /// <summary>Share of the track's users with more than the fallback, in percent, before and after.</summary>
    public double? WasPercent { get; init; }

    public double? Percent { get; init; }

    public int? DisclosureVersion { get; init; }

    public string? Plan { get; init; }

    public string? Rollback { get; init; }

    public string? Reason { get; init; }
}

/// <summary>The newest events of every feature, folded from the ledger beside the snapshots. Immutable.</summary>
public sealed class Timeline
{
    /// <summary>Events kept of one feature; the ledger has them all.</summary>
    public const int Most = 500;

    private readonly ImmutableDictionary<string, ImmutableList<FeatureEvent>> byFeature;

    private Timeline(ImmutableDictionary<string, ImmutableList<FeatureEvent>> byFeature, long revision) =>
        (this.byFeature, Revision) = (byFeature, revision);

    public static Timeline Empty { get; } = new(ImmutableDictionary.Create<string, ImmutableList<FeatureEvent>>(StringComparer.Ordinal), 0);

    /// <summary>The entry folded last.</summary>
    public long Revision { get; }

    /// <summary>Oldest first.</summary>
    public ImmutableList<FeatureEvent> Of(string feature) => byFeature.GetValueOrDefault(feature, []);

    /// <summary>Takes in one entry, given the states before and after it.</summary>
    public Timeline Add(Snapshot before, Ledger.LedgerEntry entry, Snapshot after)
    {
        var next = byFeature;
        foreach (var happened in FeatureEvents.Between(before, entry, after))
        {
            var events = next.GetValueOrDefault(happened.Feature, []).Add(happened);
            next = next.SetItem(happened.Feature, events.Count > Most ? events.RemoveAt(0) : events);
        }

        return new(next, entry.Seq);
    }
}
