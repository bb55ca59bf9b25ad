using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Features;

/// <summary>
/// The official vectors of microsoft/FeatureManagement through our definition provider. Not run: the two files
/// ProviderTelemetry*, which have no flags of their own but check what Azure App Configuration's provider adds to
/// telemetry; and the telemetry part of the others, which FeatureManagement publishes by itself.
/// </summary>
public sealed class VectorTests
{
    private static readonly string[] Files =
        ["NoFilters", "RequirementType", "TimeWindowFilter", "TargetingFilter", "TargetingFilter.modified", "BasicVariant", "VariantAssignment", "BasicTelemetry"];

    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (var file in Files)
        {
            for (var i = 0; i < Tests(file).GetArrayLength(); i++)
                cases.Add(file, i);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task OfficialVector_ThroughOurProvider_Holds(string file, int index)
    {
        var test = Tests(file)[index];
        var name = test.GetProperty("FeatureFlagName").GetString()!;
        var document = File.ReadAllText(PathOf(file + ".sample.json"));
        if (test.TryGetProperty("IsEnabled", out var result) && result.TryGetProperty("Exception", out _))
        {
            // A definition that is wrong is found when it is read, once, and not by whoever evaluates it.
            await Assert.ThrowsAnyAsync<Exception>(async () => await Flags.Of(document, name).DisposeAsync());
            return;
        }

        await using var flags = Flags.Of(document, name);
        var manager = flags.GetRequiredService<IVariantFeatureManager>();
        var context = Context(test.GetProperty("Inputs"));

        if (test.TryGetProperty("IsEnabled", out var enabled))
            await IsEnabledAsync(manager, name, context, enabled);
        if (test.TryGetProperty("Variant", out var variant) && variant.ValueKind == JsonValueKind.Object)
            await VariantAsync(manager, name, context, variant);
    }

    [Fact]
    public void OfficialVectors_AreThere() => Assert.True(Cases().Count > 40, $"only {Cases().Count}");

    private static async Task IsEnabledAsync(IVariantFeatureManager manager, string name, TargetingContext context, JsonElement expected) =>
        Assert.Equal(expected.GetProperty("Result").GetString(), (await manager.IsEnabledAsync(name, context)) ? "true" : "false");

    private static async Task VariantAsync(IVariantFeatureManager manager, string name, TargetingContext context, JsonElement expected)
    {
        if (!expected.TryGetProperty("Result", out var result))
            return;
        var variant = await manager.GetVariantAsync(name, context, TestContext.Current.CancellationToken);
        if (result.ValueKind == JsonValueKind.Null)
        {
            Assert.Null(variant);
            return;
        }

        if (result.TryGetProperty("Name", out var given))
            Assert.Equal(given.GetString(), variant.Name);
        if (result.TryGetProperty("ConfigurationValue", out var value))
            Assert.Equal(Leaves(value), Leaves(variant.Configuration));
    }

    private static TargetingContext Context(JsonElement inputs) => new()
    {
        UserId = inputs.TryGetProperty("User", out var user) ? user.GetString() : "",
        Groups = inputs.TryGetProperty("Groups", out var groups) ? [.. groups.EnumerateArray().Select(group => group.GetString()!)] : [],
    };

    private static string Leaves(JsonElement value)
    {
        using var stream = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, JsonElement> { ["v"] = value }));
        return Leaves(new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("v"));
    }

    private static string Leaves(IConfigurationSection section) => string.Join('\n', section.AsEnumerable(makePathsRelative: true)
        .Where(pair => pair.Value is not null).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));

    private static JsonElement Tests(string file) => JsonElement.Parse(File.ReadAllText(PathOf(file + ".tests.json")));

    private static string PathOf(string name)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "ReleaseTracks.sln")))
            root = root.Parent ?? throw new InvalidOperationException("ReleaseTracks.sln is in no directory above the tests.");
        return Path.Combine(root.FullName, "tests", "testdata", "feature-management", name);
    }
}
