using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Evaluation;

public sealed class EvaluatorTests
{
    private static void Serves(FeatureModel feature, TrackKey track, string? variant, Reason reason, Cause cause, string? user = "u")
    {
        var result = Evaluator.Evaluate(feature, track, user);
        Assert.Equal((variant, reason, cause, track), (result.Variant?.Name, result.Reason, result.Cause, result.Track));
        Assert.Equal(variant is null or "off", result.IsFallback);
        Assert.Same(feature.Config, result.Feature);
    }

    [Fact]
    public void Stable_Released_HigherTracksInherit()
    {
        var feature = Make.Model(Make.Feature(stable: "on:100"));
        foreach (var track in TrackKeys.All)
        {
            Serves(feature, track, "on", Reason.Static, Cause.Released);
            Assert.Equal(TrackKey.Stable, feature.Served(track).From);
        }
    }

    [Fact]
    public void Ai_NoReleaseOfItsOwn_InheritsInnovativeBeforeStable()
    {
        var feature = Make.Model(Make.Feature(stable: "off:100", innovative: "on:100"));
        Serves(feature, TrackKey.Ai, "on", Reason.TargetingMatch, Cause.Released);
        Serves(feature, TrackKey.Innovative, "on", Reason.TargetingMatch, Cause.Released);
        Serves(feature, TrackKey.Stable, "off", Reason.TargetingMatch, Cause.Released);
        Assert.Equal(TrackKey.Innovative, feature.Served(TrackKey.Ai).From);
    }

    [Fact]
    public void Ai_ReleaseOfItsOwn_Overrides()
    {
        var feature = Make.Model(Make.Feature(stable: "on:100", innovative: "off:100", ai: "alt:100"));
        Serves(feature, TrackKey.Ai, "alt", Reason.TargetingMatch, Cause.Released);
        Serves(feature, TrackKey.Innovative, "off", Reason.TargetingMatch, Cause.Released);
        Serves(feature, TrackKey.Stable, "on", Reason.TargetingMatch, Cause.Released);
    }

    [Fact]
    public void HigherRelease_LowerTracks_DoNotGetIt()
    {
        var feature = Make.Model(Make.Feature(ai: "on:100"));
        Serves(feature, TrackKey.Innovative, "off", Reason.Default, Cause.NotReleased);
        Serves(feature, TrackKey.Stable, "off", Reason.Default, Cause.NotReleased, user: null);
        Assert.Null(feature.Served(TrackKey.Stable).From);
        Assert.True(feature.Exposes(TrackKey.Ai));
        Assert.False(feature.Exposes(TrackKey.Innovative));
    }

    [Fact]
    public void RolledBack_OnAi_ServesTheFallbackAndNotTheLowerRelease()
    {
        var feature = Make.Model(Make.Feature(stable: "alt:100", ai: "on:100"), TrackKey.Ai);
        Serves(feature, TrackKey.Ai, "off", Reason.Default, Cause.RolledBack);
        Serves(feature, TrackKey.Ai, "off", Reason.Default, Cause.RolledBack, user: null);
        Serves(feature, TrackKey.Innovative, "alt", Reason.TargetingMatch, Cause.Released);
        Assert.Equal(TrackKey.Ai, feature.Served(TrackKey.Ai).From);
    }

    [Fact]
    public void RolledBack_OnInnovative_ReachesAiThatInherits()
    {
        var feature = Make.Model(Make.Feature(stable: "on:100", innovative: "alt:100"), TrackKey.Innovative);
        Serves(feature, TrackKey.Ai, "off", Reason.Default, Cause.RolledBack);
        Serves(feature, TrackKey.Innovative, "off", Reason.Default, Cause.RolledBack);
        Serves(feature, TrackKey.Stable, "on", Reason.TargetingMatch, Cause.Released);
        Assert.Equal(TrackKey.Innovative, feature.Served(TrackKey.Ai).From);
    }

    [Fact]
    public void RolledBack_OnInnovative_DoesNotReachAiWithItsOwnRelease()
    {
        var feature = Make.Model(Make.Feature(innovative: "alt:100", ai: "on:100"), TrackKey.Innovative);
        Serves(feature, TrackKey.Ai, "on", Reason.TargetingMatch, Cause.Released);
    }

    [Fact]
    public void RolledBack_WithoutAnyRelease_SaysSo() =>
        Serves(Make.Model(Make.Feature(), TrackKey.Stable), TrackKey.Ai, "off", Reason.Default, Cause.RolledBack);

    [Fact]
    public void Killed_EveryTrack_IsDisabledWithoutVariant()
    {
        var feature = Make.Killed(Make.Feature(stable: "on:100", ai: "on:50 off:50"));
        foreach (var track in TrackKeys.All)
        {
            Serves(feature, track, null, Reason.Disabled, Cause.Killed);
            Serves(feature, track, null, Reason.Disabled, Cause.Killed, user: null);
            Assert.False(feature.Exposes(track));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void NoTargetingKey_OnASplit_IsTheFallback(string? user) =>
        Serves(Make.Model(Make.Feature(stable: "on:50 alt:50")), TrackKey.Stable, "off", Reason.Default, Cause.NoTargetingKey, user);

    [Fact]
    public void NoTargetingKey_WithoutASplit_GetsTheRelease()
    {
        var feature = Make.Model(Make.Feature(stable: "on:100 alt:0"));
        Serves(feature, TrackKey.Stable, "on", Reason.Static, Cause.Released, user: null);
        Serves(feature, TrackKey.Stable, "on", Reason.Static, Cause.Released, user: "");
    }

    [Fact]
    public void Split_OnStable_IsSplitAndNotStatic()
    {
        var feature = Make.Model(Make.Feature(stable: "off:50 on:50"));
        var results = Enumerable.Range(0, 100).Select(i => Evaluator.Evaluate(feature, TrackKey.Stable, "u" + i)).ToArray();
        Assert.All(results, result => Assert.Equal((Reason.Split, Cause.Released), (result.Reason, result.Cause)));
        Assert.Equal(2, results.Select(result => result.Variant!.Name).Distinct().Count());
    }

    [Fact]
    public void Static_AnotherTrackRolledBack_IsNotStatic()
    {
        var feature = Make.Model(Make.Feature(stable: "on:100"), TrackKey.Ai);
        Serves(feature, TrackKey.Stable, "on", Reason.TargetingMatch, Cause.Released);
    }

    [Fact]
    public void SingleRelease_NotOnStable_IsNotStatic() =>
        Serves(Make.Model(Make.Feature(innovative: "on:100")), TrackKey.Ai, "on", Reason.TargetingMatch, Cause.Released);

    [Fact]
    public void Codes_Wire_AreOpenFeatures()
    {
        Assert.Equal(["STATIC", "TARGETING_MATCH", "SPLIT", "DEFAULT", "DISABLED"], Enum.GetValues<Reason>().Select(reason => reason.Wire()));
        Assert.Equal(
            ["released", "not-released", "rolled-back", "killed", "no-targeting-key"], Enum.GetValues<Cause>().Select(cause => cause.Wire()));
    }

    [Fact]
    public void Evaluate_AnyCase_AllocatesNothing()
    {
        var split = Make.Model(Make.Feature(stable: "off:50 on:50", ai: "off:10 on:90"));
        var killed = Make.Killed(Make.Feature());
        var user = "user-\uD83D\uDE80-with-a-rather-long-identifier";
        Work(1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Work(1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Work(int rounds)
        {
            for (var i = 0; i < rounds; i++)
            {
                Evaluator.Evaluate(split, TrackKey.Ai, user);
                Evaluator.Evaluate(split, TrackKey.Stable, null);
                Evaluator.Evaluate(killed, TrackKey.Innovative, user);
            }
        }
    }
}
