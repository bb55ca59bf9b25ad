using Microsoft.FeatureManagement;
using ReleaseTracks.Client.Snapshots;

namespace ReleaseTracks.Client.Features;

/// <summary>The features of the snapshot; whatever is not among them comes from where the app had its flags before.</summary>
internal sealed class TrackDefinitionProvider(Func<ClientSnapshot> snapshot, IFeatureDefinitionProvider? inner) : IFeatureDefinitionProvider
{
    public Task<FeatureDefinition> GetFeatureDefinitionAsync(string featureName) =>
        snapshot().Definitions.TryGetValue(featureName, out var definition) ? Task.FromResult(definition)
            : inner?.GetFeatureDefinitionAsync(featureName) ?? Task.FromResult<FeatureDefinition>(null!);

    public async IAsyncEnumerable<FeatureDefinition> GetAllFeatureDefinitionsAsync()
    {
        var known = snapshot().Definitions;
        foreach (var definition in known.Values)
            yield return definition;
        if (inner is null)
            yield break;
        await foreach (var definition in inner.GetAllFeatureDefinitionsAsync())
        {
            if (!known.ContainsKey(definition.Name))
                yield return definition;
        }
    }
}
