using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Features;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>The real FeatureManagement on definitions of ours, without an app around it.</summary>
internal static class Flags
{
    public static ServiceProvider Of(Snapshot state) =>
        Of(new DefinitionBuilder().Build(state, (key, why) => throw new InvalidOperationException($"{key}: {why}")));

    public static ServiceProvider Of(ClientSnapshot snapshot)
    {
        var services = new ServiceCollection();
        services.AddFeatureManagement().WithTargeting<NobodyAccessor>();
        services.AddSingleton<IFeatureDefinitionProvider>(new TrackDefinitionProvider(() => snapshot, null));
        return services.BuildServiceProvider();
    }

    /// <summary>One flag of a document of schema v2.</summary>
    public static ServiceProvider Of(string document, string id) => Of(ClientSnapshot.Empty with
    {
        Definitions = new Dictionary<string, FeatureDefinition> { [id] = DefinitionBuilder.Read(document, id) }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
    });

    /// <summary>As our accessor would give it.</summary>
    public static TargetingContext Context(Snapshot state, TrackKey track, string? user) => new()
    {
        UserId = user,
        Groups = TargetingGroups.Of(state.Served, track, user),
    };

    public static string Json(FeatureModel feature) => Plans.Json.Object(json => FeatureManagementJson.WriteMembers(json, [feature])).GetRawText();

    private sealed class NobodyAccessor : ITargetingContextAccessor
    {
        public ValueTask<TargetingContext> GetContextAsync() => new(new TargetingContext());
    }
}
