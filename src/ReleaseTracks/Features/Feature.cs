using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Features;

/// <summary>One value a feature can serve. Names are unique in a feature; all values have one JSON type.</summary>
public sealed record Variant(string Name, JsonElement Value);

/// <summary>A share of an allocation, in percent. The shares of one allocation sum to 100.</summary>
public sealed record Share(string Variant, double Weight);

/// <summary>A feature as it was written. One variant is the fallback: the plain path that is always safe to serve.</summary>
public sealed record Feature
{
    public required string Key { get; init; }

    public required string Name { get; init; }

    public string Owner { get; init; } = "";

    /// <summary>AI acts for the user here; then a disclosure is required.</summary>
    public bool Ai { get; init; }

    /// <summary>Sorted by name.</summary>
    public required ImmutableArray<Variant> Variants { get; init; }

    public required string Fallback { get; init; }

    public Disclosure? Disclosure { get; init; }

    /// <summary>What each track serves; a track without an entry inherits the next lower one's.</summary>
    public ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>> Releases { get; init; } =
        ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>>.Empty;

    /// <summary>Override the track's objective with the same id, or add one.</summary>
    public ImmutableArray<Objective> Objectives { get; init; } = [];

    public Variant FallbackVariant => Find(Fallback)!;

    /// <summary>
    /// A feature matures from AI over Innovative to Stable, and higher tracks get what lower ones have: so it belongs
    /// to the lowest track whose release gives anybody more than the fallback. What was written counts, not what a
    /// rollback made of it: a feature must not jump away from the people who look at it.
    /// </summary>
    public TrackKey? Lane => Releases
        .Where(release => release.Value.Any(share => share.Weight > 0 && share.Variant != Fallback))
        .Select(release => (TrackKey?)release.Key)
        .Min();

    /// <summary>Share of a track's users, in percent, that its own release gives more than the fallback.</summary>
    public double ExposedOn(TrackKey track) => Releases.TryGetValue(track, out var allocation)
        ? allocation.Where(share => share.Variant != Fallback).Sum(share => share.Weight)
        : 0;

    public Variant? Find(string name) => Variants.FirstOrDefault(variant => variant.Name == name);
}
