using System.Text.Json;
using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

/// <summary>
/// Generated weights are whole percents, so the middles of the hundred percents see every bucket range: the brute force
/// is exact without reusing anything of what it checks.
/// </summary>
public sealed class ExposurePropertyTests
{
    private static readonly double[] Middles = [.. Enumerable.Range(0, 100).Select(i => i + 0.5)];

    [Fact]
    public void Compare_RandomChanges_EqualsBruteForce() =>
        Gen.Select(DomainGen.Snapshot, ChangeGen.FeatureSteps).Sample((before, steps) =>
        {
            var after = ChangeGen.Apply(before, ChangeGen.Possible(before, steps));
            Assert.Equal(BruteForce(before, after), Exposure.Compare(before, after).Effect);
        }, iter: 600);

    [Fact]
    public void Compare_NotRaising_NoUserGetsAnythingNew() =>
        Gen.Select(DomainGen.Snapshot, ChangeGen.FeatureSteps).Sample((before, steps) =>
        {
            var after = ChangeGen.Apply(before, ChangeGen.Possible(before, steps));
            if (Exposure.Compare(before, after).Effect == ExposureEffect.Raises)
                return;
            foreach (var now in after.Served)
                foreach (var track in TrackKeys.All)
                    foreach (var user in Enumerable.Range(0, 40).Select(i => "user-" + i).Append(null))
                        AssertNothingNew(before.Find(now.Config.Key), now, track, user);
        }, iter: 200);

    [Fact]
    public void Compare_Shares_AreTheBruteForcePercentages() =>
        Gen.Select(DomainGen.Snapshot, ChangeGen.FeatureSteps).Sample((before, steps) =>
        {
            var after = ChangeGen.Apply(before, ChangeGen.Possible(before, steps));
            foreach (var share in Exposure.Compare(before, after).Shares)
            {
                var effects = Middles.CountBy(bucket => At(before, after, share.Feature, share.Track, bucket)).ToDictionary();
                Assert.Equal(effects.GetValueOrDefault(ExposureEffect.Raises), share.Raised, 9);
                Assert.Equal(effects.GetValueOrDefault(ExposureEffect.Lowers), share.Lowered, 9);
            }
        }, iter: 200);

    [Fact]
    public void RollbackOrKill_AnyFeature_NeverRaises() =>
        Gen.Select(DomainGen.Model, DomainGen.Track, Gen.Bool).Sample((model, track, kill) =>
        {
            var switches = kill
                ? model.Switches with { KilledReason = "harm" }
                : model.Switches with { RolledBack = model.Switches.RolledBack.SetItem(track, "r2") };
            var (before, after) = (Make.Snapshot(model), Make.Snapshot(model.With(2, switches: switches)));
            Assert.NotEqual(ExposureEffect.Raises, Exposure.Compare(before, after).Effect);
            Assert.NotEqual(ExposureEffect.Lowers, Exposure.Compare(after, before).Effect);
        });

    [Fact]
    public void Compare_WithItself_IsNeutral() => DomainGen.Snapshot.Sample(state =>
    {
        var copy = Make.Snapshot([.. state.Features.Values.Select(model => model.With(9))]);
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(state, copy).Effect);
        Assert.Empty(Exposure.Compare(state, copy).Shares);
    });

    private static ExposureEffect BruteForce(Snapshot before, Snapshot after)
    {
        var effects = before.Features.Keys.Concat(after.Features.Keys).Distinct().SelectMany(key => TrackKeys.All.SelectMany(track =>
            Middles.Select(bucket => At(before, after, key, track, bucket)))).ToHashSet();
        if (effects.Contains(ExposureEffect.Raises) || after.Served.Any(now => before.Find(now.Config.Key) is { } was && !SameText(Plain(was), Plain(now))))
            return ExposureEffect.Raises;
        return effects.Contains(ExposureEffect.Lowers) ? ExposureEffect.Lowers : ExposureEffect.Neutral;
    }

    private static ExposureEffect At(Snapshot before, Snapshot after, string key, TrackKey track, double bucket)
    {
        var was = Served(before, key, track, bucket);
        var now = Served(after, key, track, bucket);
        var plain = Plain((before.Find(key) ?? after.Find(key))!);
        if (now is not null && !SameText(now, plain) && !SameText(now, was))
            return ExposureEffect.Raises;
        return was is not null && !SameText(was, plain) && (now is null || SameText(now, plain)) ? ExposureEffect.Lowers : ExposureEffect.Neutral;
    }

    private static void AssertNothingNew(FeatureModel? was, FeatureModel now, TrackKey track, string? user)
    {
        var gets = Evaluator.Evaluate(now, track, user);
        if (gets.IsFallback)
            return;
        Assert.NotNull(was);
        var got = Evaluator.Evaluate(was, track, user);
        Assert.Equal(got.Variant!.Name, gets.Variant!.Name);
        Assert.True(JsonElement.DeepEquals(got.Variant.Value, gets.Variant.Value));
    }

    private static string Plain(FeatureModel model) => Text(model.Config.Variants.Single(variant => variant.Name == model.Config.Fallback));

    private static string? Served(Snapshot state, string key, TrackKey track, double bucket)
    {
        if (state.Served.SingleOrDefault(model => model.Config.Key == key) is not { } model)
            return null;
        var variant = model.Served(track).Ranges.Single(range => bucket >= range.From && bucket < range.To).Result.Variant;
        return variant is null ? null : Text(variant);
    }

    private static string Text(Variant variant) => variant.Name + "\n" + variant.Value.GetRawText();

    private static bool SameText(string? a, string? b) => string.Equals(a, b, StringComparison.Ordinal);
}
