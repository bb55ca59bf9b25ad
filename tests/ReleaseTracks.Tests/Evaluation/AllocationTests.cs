using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Evaluation;

public sealed class AllocationTests
{
    [Fact]
    public void Ranges_AnyFeature_CoverEverybodyWithoutGapOrOverlap() => DomainGen.Model.Sample(model =>
    {
        foreach (var track in TrackKeys.All)
        {
            var served = model.Served(track);
            Assert.Equal(0, served.Ranges[0].From);
            Assert.Equal(100, served.Ranges[^1].To);
            for (var i = 1; i < served.Ranges.Length; i++)
                Assert.Equal(served.Ranges[i - 1].To, served.Ranges[i].From);
            Assert.All(served.Ranges, range => Assert.True(range.From <= range.To));
            Assert.Equal(served.Exposes, served.Ranges.Any(range => !range.Result.IsFallback));
        }
    });

    [Fact]
    public void At_AnyBucket_IsTheRangeItFallsIn() => Gen.Select(DomainGen.Model, Gen.Double[0, 100]).Sample((model, bucket) =>
    {
        foreach (var track in TrackKeys.All)
        {
            var served = model.Served(track);
            foreach (var point in served.Ranges.Select(range => range.From).Append(bucket).Append(100))
            {
                var range = served.Ranges.LastOrDefault(candidate => candidate.From <= point && point < candidate.To, served.Ranges[^1]);
                Assert.Same(range.Result, served.At(point));
            }
        }
    });

    [Fact]
    public void ZeroWeight_Anywhere_IsServedToNobody()
    {
        foreach (var text in new[] { "alt:0 on:100 off:0", "on:100 alt:0", "alt:0 on:100" })
        {
            var served = Make.Model(Make.Feature(stable: text)).Served(TrackKey.Stable);
            Assert.Equal("on", Assert.Single(served.Ranges).Result.Variant!.Name);
            Assert.Equal(Reason.Static, served.Only.Reason);
            Assert.False(served.IsSplit);
        }

        var split = Make.Model(Make.Feature(stable: "alt:0 on:30 off:70")).Served(TrackKey.Stable);
        Assert.Equal(["on", "off"], split.Ranges.Select(range => range.Result.Variant!.Name));
        Assert.Equal("on", split.At(0).Variant!.Name);
        Assert.Equal("off", split.At(30).Variant!.Name);
        Assert.Equal("off", split.At(100).Variant!.Name);
    }

    [Fact]
    public void Thirds_RoundedWeights_StillCoverTheLastBucket()
    {
        var third = 100d / 3;
        var feature = Make.Feature() with
        {
            Releases = Make.Feature(stable: "on:100").Releases.SetItem(
                TrackKey.Stable, [new("on", third), new("alt", third), new("off", third)]),
        };
        var served = Make.Model(feature).Served(TrackKey.Stable);
        Assert.Equal(100, served.Ranges[^1].To);
        Assert.Equal("off", served.At(100).Variant!.Name);
        Assert.Equal("off", served.At(99.9999999999).Variant!.Name);
    }

    [Fact]
    public void Split_HundredThousandUsers_FollowsTheWeights()
    {
        const int Users = 100_000;
        (string Variant, double Weight)[] shares = [("on", 50), ("alt", 33.3), ("off", 16.7)];
        var model = Make.Model(Make.Feature("distribution", ai: "on:50 alt:33.3 off:16.7"));
        var counts = Enumerable.Range(0, Users).CountBy(i => Make.VariantOf(model, TrackKey.Ai, "user-" + i)!).ToDictionary();

        // The ids are fixed, so this cannot flicker; 4 σ says that the buckets are as good as random.
        foreach (var (variant, weight) in shares)
        {
            var expected = Users * weight / 100;
            Assert.InRange(counts[variant], expected - (4 * Math.Sqrt(expected * (1 - (weight / 100)))), expected + (4 * Math.Sqrt(expected * (1 - (weight / 100)))));
        }
    }

    [Fact]
    public void Split_TwoFeatures_AreIndependent()
    {
        var (a, b) = (Make.Model(Make.Feature("a", stable: "on:50 off:50")), Make.Model(Make.Feature("b", stable: "on:50 off:50")));
        var both = Enumerable.Range(0, 20_000).Count(i =>
            Make.VariantOf(a, TrackKey.Stable, "user-" + i) == "on" && Make.VariantOf(b, TrackKey.Stable, "user-" + i) == "on");
        Assert.InRange(both, 4750, 5250);
    }

    [Fact]
    public void Widening_FirstShare_KeepsEverybodyWhoHadIt()
    {
        var (narrow, wide) = (Make.Model(Make.Feature(ai: "on:20 off:80")), Make.Model(Make.Feature(ai: "on:60 off:40")));
        for (var i = 0; i < 2000; i++)
        {
            if (Make.VariantOf(narrow, TrackKey.Ai, "u" + i) == "on")
                Assert.Equal("on", Make.VariantOf(wide, TrackKey.Ai, "u" + i));
        }
    }
}
