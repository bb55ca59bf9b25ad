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

    public Variant? Find(string name) => Variants.FirstOrDefault(variant => variant.Name == name);
}
