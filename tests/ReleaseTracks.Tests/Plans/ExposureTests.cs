using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

public sealed class ExposureTests
{
    private static Exposure Of(FeatureModel before, string changes)
    {
        var state = Make.Snapshot(before);
        return Exposure.Compare(state, Make.After(state, changes));
    }

    private static ExposureEffect Put(Feature before, Feature after) =>
        Exposure.Compare(Make.Snapshot(before), Make.Snapshot(after)).Effect;

    [Theory]
    [InlineData("on:100", ExposureEffect.Raises)]
    [InlineData("off:100", ExposureEffect.Neutral)]
    [InlineData("on:1 off:99", ExposureEffect.Raises)]
    [InlineData("on:0 off:100", ExposureEffect.Neutral)]
    public void Release_OnNothing_RaisesWhatItExposes(string allocation, ExposureEffect expected)
    {
        var before = Make.Snapshot(Make.Feature());
        Assert.Equal(expected, Exposure.Compare(before, Make.Snapshot(Make.Feature(ai: allocation))).Effect);
    }

    [Fact]
    public void Widening_TwentyToSixty_RaisesForForty()
    {
        var exposure = Exposure.Compare(Make.Snapshot(Make.Feature(ai: "on:20 off:80")), Make.Snapshot(Make.Feature(ai: "on:60 off:40")));
        Assert.Equal(ExposureEffect.Raises, exposure.Effect);
        Assert.Equal(new ExposureShare("f", TrackKey.Ai, 40, 0), Assert.Single(exposure.Shares));
    }

    [Fact]
    public void Narrowing_SixtyToTwenty_LowersForForty()
    {
        var exposure = Exposure.Compare(Make.Snapshot(Make.Feature(ai: "on:60 off:40")), Make.Snapshot(Make.Feature(ai: "on:20 off:80")));
        Assert.Equal(ExposureEffect.Lowers, exposure.Effect);
        Assert.Equal(new ExposureShare("f", TrackKey.Ai, 0, 40), Assert.Single(exposure.Shares));
    }

    [Fact]
    public void SameWeights_OtherOrder_RaisesForThoseWhoSwap()
    {
        var exposure = Exposure.Compare(Make.Snapshot(Make.Feature(ai: "on:30 off:70")), Make.Snapshot(Make.Feature(ai: "off:70 on:30")));
        Assert.Equal(ExposureEffect.Raises, exposure.Effect);
        Assert.Equal(new ExposureShare("f", TrackKey.Ai, 30, 30), Assert.Single(exposure.Shares));
    }

    [Fact]
    public void Stable_Widened_CountsForEveryTrackThatInherits()
    {
        var exposure = Exposure.Compare(Make.Snapshot(Make.Feature(ai: "off:100")), Make.Snapshot(Make.Feature(stable: "on:100", ai: "off:100")));
        Assert.Equal([TrackKey.Stable, TrackKey.Innovative], exposure.Shares.Select(share => share.Track));
    }

    [Fact]
    public void RemovedOverride_BringsTheLowerReleaseBack_Raises() => Assert.Equal(
        ExposureEffect.Raises,
        Of(Make.Model(Make.Feature(stable: "on:100", ai: "off:100")), """[{"op":"release.remove","feature":"f","track":"ai"}]""").Effect);

    [Fact]
    public void OtherExposedVariant_Raises() =>
        Assert.Equal(ExposureEffect.Raises, Put(Make.Feature(ai: "on:100"), Make.Feature(ai: "alt:100")));

    [Fact]
    public void NewValue_OfAServedVariant_Raises()
    {
        var before = Make.Feature(ai: "on:100") with { Variants = [Make.Variant("off", "0"), Make.Variant("on", "1")] };
        Assert.Equal(ExposureEffect.Raises, Put(before, before with { Variants = [Make.Variant("off", "0"), Make.Variant("on", "2")] }));
        Assert.Equal(ExposureEffect.Neutral, Put(before, before with { Variants = [Make.Variant("off", "0"), Make.Variant("on", "1.0")] }));
    }

    [Fact]
    public void NewValue_OfAnUnservedVariant_IsNeutral()
    {
        var before = Make.Feature(ai: "on:100") with { Variants = [Make.Variant("alt", "7"), Make.Variant("off", "0"), Make.Variant("on", "1")] };
        Assert.Equal(ExposureEffect.Neutral, Put(before, before with { Variants = [Make.Variant("alt", "8"), Make.Variant("off", "0"), Make.Variant("on", "1")] }));
    }

    [Fact]
    public void NewFallback_ServedToEverybody_Raises() =>
        Assert.Equal(ExposureEffect.Raises, Put(Make.Feature(), Make.Feature() with { Fallback = "on" }));

    [Fact]
    public void NewFallbackValue_Raises() => Assert.Equal(
        ExposureEffect.Raises,
        Put(Make.Feature(), Make.Feature() with { Variants = [Make.Variant("alt", "true"), Make.Variant("off", "true"), Make.Variant("on", "true")] }));

    [Fact]
    public void NewFallback_NobodyServedYet_RaisesBecauseTheNextRollbackWouldServeIt() => Assert.Equal(
        ExposureEffect.Raises, Put(Make.Feature(stable: "on:100"), Make.Feature(stable: "on:100") with { Fallback = "alt" }));

    [Fact]
    public void NewFallback_OnASplit_RaisesForThoseWithoutTargetingKey() => Assert.Equal(
        ExposureEffect.Raises, Put(Make.Feature(stable: "on:50 off:50"), Make.Feature(stable: "on:50 off:50") with { Fallback = "on" }));

    [Fact]
    public void ArchivedFeature_PutWithAnotherFallback_Raises()
    {
        var archived = Make.Snapshot(Make.Archived(Make.Model(Make.Feature())));
        var put = Make.Feature() with { Fallback = "on" };
        Assert.Equal(ExposureEffect.Raises, Exposure.Compare(archived, ChangeGen.Apply(archived, new Change.FeaturePut(put))).Effect);
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(archived, ChangeGen.Apply(archived, new Change.FeaturePut(Make.Feature()))).Effect);
    }

    [Fact]
    public void Archive_OfAnExposedFeature_Lowers_AndPuttingItAgainRaises()
    {
        var served = Make.Snapshot(Make.Feature(ai: "on:100"));
        var archived = Make.After(served, """[{"op":"feature.archive","feature":"f"}]""");
        Assert.Equal(ExposureEffect.Lowers, Exposure.Compare(served, archived).Effect);
        var again = ChangeGen.Apply(archived, new Change.FeaturePut(Make.Feature(ai: "on:100")));
        Assert.Equal(ExposureEffect.Raises, Exposure.Compare(archived, again).Effect);
    }

    [Fact]
    public void RolledBackFeature_ArchivedAndPutAgain_StaysRolledBack()
    {
        var state = Make.Snapshot(Make.Model(Make.Feature(ai: "on:100"), TrackKey.Ai));
        var again = ChangeGen.Apply(state, new Change.FeatureArchive("f"), new Change.FeaturePut(Make.Feature(ai: "on:100")));
        Assert.Equal("off", Make.VariantOf(again.Find("f")!, TrackKey.Ai, "u"));
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(state, again).Effect);
    }

    [Fact]
    public void NewFeature_WithoutRelease_IsNeutral_WithOneRaises()
    {
        var empty = Make.Snapshot(Array.Empty<FeatureModel>());
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(empty, Make.Snapshot(Make.Feature())).Effect);
        Assert.Equal(ExposureEffect.Raises, Exposure.Compare(empty, Make.Snapshot(Make.Feature(ai: "on:1 off:99"))).Effect);
    }

    [Fact]
    public void Clear_OfARollbackThatHidesSomething_Raises() => Assert.Equal(
        ExposureEffect.Raises,
        Of(Make.Model(Make.Feature(ai: "on:100"), TrackKey.Ai), """[{"op":"rollback.clear","feature":"f","track":"ai"}]""").Effect);

    [Fact]
    public void Clear_OfARollbackThatHidesNothing_IsNeutral() => Assert.Equal(
        ExposureEffect.Neutral,
        Of(Make.Model(Make.Feature(ai: "off:100"), TrackKey.Ai), """[{"op":"rollback.clear","feature":"f","track":"ai"}]""").Effect);

    [Theory]
    [InlineData("on:100", ExposureEffect.Raises)]
    [InlineData(null, ExposureEffect.Neutral)]
    public void Revive_RaisesWhatComesBack(string? ai, ExposureEffect expected) =>
        Assert.Equal(expected, Of(Make.Killed(Make.Feature(ai: ai)), """[{"op":"feature.revive","feature":"f"}]""").Effect);

    [Fact]
    public void ReleaseBehindARollback_IsNeutral() => Assert.Equal(
        ExposureEffect.Neutral,
        Of(Make.Model(Make.Feature(), TrackKey.Ai), """[{"op":"release.set","feature":"f","track":"ai","allocation":[{"variant":"on","weight":100}]}]""").Effect);

    [Theory]
    [InlineData(0, 10, ExposureEffect.Raises)]
    [InlineData(10, 5, ExposureEffect.Lowers)]
    [InlineData(5, 5, ExposureEffect.Neutral)]
    public void Cohort_Percent_CountsByDirection(double before, double after, ExposureEffect expected)
    {
        Assert.Equal(expected, Exposure.Compare(Cohort(before), Cohort(after)).Effect);

        static Snapshot Cohort(double percent) => Make.Snapshot(Make.Feature())
            .With(TrackKey.Innovative, track => track with { Config = track.Config with { CohortPercent = percent } });
    }

    [Fact]
    public void Cohort_OnATrackThatWasNotThere_Raises()
    {
        var with = Make.Snapshot(Make.Feature()).With(TrackKey.Innovative, track => track with { Config = track.Config with { CohortPercent = 5 } });
        Assert.Equal(ExposureEffect.Raises, Exposure.Compare(with with { Tracks = with.Tracks.Remove(TrackKey.Innovative) }, with).Effect);
    }

    [Fact]
    public void Ceiling_RaisedOrLowered_CountsByDirection()
    {
        var none = Make.Snapshot(Make.Feature());
        var stable = none.With(new Organisation("o", TrackKey.Stable));
        var innovative = none.With(new Organisation("o", TrackKey.Innovative));
        Assert.Equal(ExposureEffect.Lowers, Exposure.Compare(none, stable).Effect);
        Assert.Equal(ExposureEffect.Lowers, Exposure.Compare(innovative, stable).Effect);
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(stable, innovative).Effect);
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(stable, none.With(new Organisation("o", TrackKey.Ai))).Effect);
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(none, none.With(new Organisation("o", TrackKey.Ai))).Effect);
    }

    [Fact]
    public void Track_OpenedRaises_ClosedLowers()
    {
        var open = Make.Snapshot(Make.Feature());
        var closed = open.With(TrackKey.Ai, track => track with { ClosedBy = "r1" });
        Assert.Equal(ExposureEffect.Raises, Exposure.Compare(closed, open).Effect);
        Assert.Equal(ExposureEffect.Lowers, Exposure.Compare(open, closed).Effect);
    }
}
