using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.FeatureManagement;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Client.Snapshots;

/// <summary>
/// Exported flags as definitions, read by FeatureManagement's own reader so that they mean what they mean there. Each
/// flag has a configuration of its own, because that reader's cost grows with the configuration; an unchanged flag keeps
/// its definition. Only the connection builds, one snapshot after the other.
/// </summary>
internal sealed class DefinitionBuilder
{
    private Dictionary<string, (string Json, FeatureDefinition Definition)> known = new(StringComparer.Ordinal);

    /// <param name="state">The snapshot to export.</param>
    /// <param name="failed">Told the key of a feature that has no definition and why; the others are not affected.</param>
    public ClientSnapshot Build(Snapshot state, Action<string, string> failed)
    {
        var next = new Dictionary<string, (string Json, FeatureDefinition Definition)>(StringComparer.Ordinal);
        foreach (var feature in state.Served)
        {
            var key = feature.Config.Key;
            var json = Json.Object(writer => FeatureManagementJson.WriteMembers(writer, [feature])).GetRawText();
            try
            {
                next[key] = known.TryGetValue(key, out var same) && same.Json == json ? same : (json, Read(json, key));
            }
            catch (Exception unreadable) when (unreadable is FormatException or FeatureManagementException)
            {
                // Names in a variant's value that differ only by case are one name to a configuration.
                failed(key, unreadable.Message);
            }
        }

        known = next;
        return new(
            state,
            next.ToFrozenDictionary(one => one.Key, one => one.Value.Definition, StringComparer.OrdinalIgnoreCase),
            [.. state.Served.Where(feature => feature.SplitsDiffer)]);
    }

    /// <summary>One flag out of a document of schema v2.</summary>
    public static FeatureDefinition Read(string json, string key)
    {
        using var stream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(JsonElement.Parse(json)));
        using var reader = new ConfigurationFeatureDefinitionProvider(new ConfigurationBuilder().AddJsonStream(stream).Build());
        var definition = reader.GetFeatureDefinitionAsync(key).GetAwaiter().GetResult()
            ?? throw new FormatException($"The flag '{key}' is not in its own document.");
        // The reader leaves queries behind that would read the configuration again at every evaluation.
        if (definition.Allocation is { } allocation)
        {
            allocation.User = allocation.User?.ToArray();
            allocation.Group = allocation.Group?.ToArray();
            allocation.Percentile = allocation.Percentile?.ToArray();
        }

        definition.Variants = definition.Variants?.ToArray();
        definition.EnabledFor = definition.EnabledFor?.ToArray();
        return definition;
    }
}
