using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.FeatureManagement;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Client.Snapshots;

/// <summary>One revision as the app sees it: for the evaluator, and the same as definitions for FeatureManagement.</summary>
internal sealed record ClientSnapshot(Snapshot State, FrozenDictionary<string, FeatureDefinition> Definitions, ImmutableArray<FeatureModel> SplitDifferently)
{
    public static ClientSnapshot Empty { get; } = new(Snapshot.Empty, FrozenDictionary<string, FeatureDefinition>.Empty, []);

    public bool IsEmpty => State.Revision == 0;
}
