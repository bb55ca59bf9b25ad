using System.Text.Json;
using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tests.Features;

/// <summary>Our evaluator and FeatureManagement on what we export give every user the same.</summary>
public sealed class AgreementTests
{
    private static readonly Gen<string?> User = Gen.OneOf(Gen.Const((string?)null), Gen.String[0, 100].Select(text => (string?)text), Gen.Int.Select(number => (string?)$"user-{number}"));

    [Fact]
    public void FeatureManagement_OnExportedFeatures_AgreesWithTheEvaluator() =>
        Gen.Select(DomainGen.Model, User.Array[1, 20]).Sample(
            (model, users) =>
            {
                var archived = Make.Snapshot(model).FindServed(model.Config.Key) is null;
                using var flags = Flags.Of(Make.Snapshot(model));
                var manager = flags.GetRequiredService<IVariantFeatureManager>();
                foreach (var user in users)
                {
                    foreach (var track in string.IsNullOrEmpty(user) ? [TrackKey.Stable] : TrackKeys.All)
                        Check(manager, model, track, user, archived);
                }
            },
            iter: 600);

    [Theory]
    [InlineData("on:10 off:90", "on:50 off:50", "on:100")]
    [InlineData("on:10 off:90", null, "on:100")]
    [InlineData(null, "on:20 alt:30 off:50", "alt:60 off:40")]
    [InlineData(null, null, "on:50 off:50")]
    [InlineData("on:100", "on:20 off:80", "on:50 off:50")]
    [InlineData("alt:100", "on:33 off:67", "on:33 off:67")]
    public void FeatureManagement_EveryShapeOfRelease_AgreesWithTheEvaluator(string? stable, string? innovative, string? ai)
    {
        foreach (var rolledBack in new TrackKey[][] { [], [TrackKey.Ai], [TrackKey.Innovative], [TrackKey.Stable] })
        {
            var model = Make.Model(Make.Feature("smart-replies", stable, innovative, ai), rolledBack);
            using var flags = Flags.Of(Make.Snapshot(model));
            var manager = flags.GetRequiredService<IVariantFeatureManager>();
            for (var i = 0; i < 200; i++)
            {
                foreach (var track in TrackKeys.All)
                    Check(manager, model, track, $"user-{i}", archived: false);
            }

            Check(manager, model, TrackKey.Stable, null, archived: false);
            Check(manager, model, TrackKey.Stable, "", archived: false);
        }
    }

    [Fact]
    public async Task FeatureManagement_UserWithoutAnyGroup_GetsWhatStableGets()
    {
        var model = Make.Model(Make.Feature(stable: "alt:100", innovative: "on:100", ai: "on:50 off:50"));
        await using var flags = Flags.Of(Make.Snapshot(model));
        var manager = flags.GetRequiredService<IVariantFeatureManager>();

        var variant = await manager.GetVariantAsync("f", new Microsoft.FeatureManagement.FeatureFilters.TargetingContext { UserId = "ada", Groups = [] }, TestContext.Current.CancellationToken);

        Assert.Equal("alt", variant.Name);
    }

    [Fact]
    public async Task FeatureManagement_KilledFeature_IsOffAndHasNoVariant()
    {
        var model = Make.Killed(Make.Feature(stable: "on:100"));
        await using var flags = Flags.Of(Make.Snapshot(model));
        var manager = flags.GetRequiredService<IVariantFeatureManager>();

        Assert.False(await manager.IsEnabledAsync("f", TestContext.Current.CancellationToken));
        Assert.Null(await manager.GetVariantAsync("f", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FeatureManagement_VariantValues_BindToTheirTypes()
    {
        var feature = Make.Feature(stable: "on:100") with
        {
            Variants = [Make.Variant("off", """{"model":"none"}"""), Make.Variant("on", """{"model":"small","temperature":0.5,"tags":["a","b"]}""")],
        };
        await using var flags = Flags.Of(Make.Snapshot(Make.Model(feature)));
        var manager = flags.GetRequiredService<IVariantFeatureManager>();

        var variant = await manager.GetVariantAsync("f", Flags.Context(Make.Snapshot(feature), TrackKey.Stable, "ada"), TestContext.Current.CancellationToken);

        Assert.Equal("small", variant.Configuration["model"]);
        Assert.Equal("0.5", variant.Configuration["temperature"]);
        Assert.Equal("b", variant.Configuration["tags:1"]);
    }

    private static void Check(IVariantFeatureManager manager, FeatureModel model, TrackKey track, string? user, bool archived)
    {
        var expected = archived ? null : Evaluator.Evaluate(model, track, user).Variant;
        var context = Flags.Context(Make.Snapshot(model), track, user);
        var variant = manager.GetVariantAsync(model.Config.Key, context).AsTask().GetAwaiter().GetResult();
        var enabled = manager.IsEnabledAsync(model.Config.Key, context).AsTask().GetAwaiter().GetResult();

        Assert.Equal(expected?.Name, variant?.Name);
        Assert.Equal(IsOn(model.Config, expected), enabled);
    }

    private static bool IsOn(Feature feature, ReleaseTracks.Features.Variant? variant) => variant is not null
        && (variant.Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? variant.Value.GetBoolean() : variant.Name != feature.Fallback);
}
