using ReleaseTracks.Features;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Tests.Plans.Rules.RuleState;

namespace ReleaseTracks.Tests.Plans.Rules;

public sealed class TrackRulesTests
{
    private static readonly DateTimeOffset LongAgo = Make.Now - TimeSpan.FromDays(30);

    [Theory]
    [InlineData("stable", "innovative")]
    [InlineData("innovative", null)]
    public void OneStep_FromAi_OnlyInnovativeIsNext(string to, string? skipped)
    {
        var state = Make.Snapshot(OnAi());
        if (skipped is null)
            Passes("one-step", state, Release(to, 50));
        else
            Denies("one-step", $"f would reach {to} without serving {skipped} first", state, Release(to, 50));
    }

    [Fact]
    public void OneStep_TwoTracksInOnePlan_IsAJump() => Denies(
        "one-step", "f would reach stable", Make.Snapshot(OnAi()), $"[{Release("innovative", 100)[1..^1]},{Release("stable", 100)[1..^1]}]");

    [Fact]
    public void OneStep_NewAiFeature_StartsOnAi()
    {
        var state = Make.Snapshot(AiFeature());
        Passes("one-step", state, Release("ai", 100));
        Denies("one-step", "f would reach innovative without serving ai first", state, Release("innovative", 1));
    }

    [Fact]
    public void OneStep_PlainFeature_StartsAnywhereAndThenGoesStepByStep()
    {
        Passes("one-step", Make.Snapshot(Make.Feature()), Release("stable", 100));
        Denies("one-step", "f would reach stable", Make.Snapshot(Make.Feature(ai: "on:100")), Release("stable", 100));
        var rolledBack = Make.Snapshot(Make.Model(Make.Feature(ai: "on:100"), TrackKey.Ai));
        Denies("one-step", "f would reach stable", rolledBack, Release("stable", 100));
    }

    [Fact]
    public void OneStep_DeclaredPlainInTheSamePlan_IsStillAi()
    {
        var put = """[{"op":"feature.put","feature":{"key":"f","variants":{"off":false,"on":true},"fallback":"off","releases":{"stable":[{"variant":"on","weight":100}]}}}]""";
        Denies("one-step", "f would reach stable", Make.Snapshot(AiFeature()), put);
        Denies("disclosure-current", "f would stop being declared as AI while it widens", Make.Snapshot(AiFeature()), put);
    }

    [Fact]
    public void OneStep_WideningWhereItServes_IsNoStep() =>
        Passes("one-step", Make.Snapshot(Make.Feature(stable: "on:1 off:99")), Release("stable", 100));

    [Fact]
    public void Soak_TooShort_IsDeniedWithWhatIsMissing() => Denies(
        "soak-time",
        "f has served ai for 23h59m and 500 events; before innovative it needs 1d and 100 events.",
        Make.Snapshot(OnAi(since: Make.Now - TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1))),
        Release("innovative", 10),
        Live(Row() with { Events = 500 }));

    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    public void Soak_Volume_CountsTheEventsOfThePresentTrack(long events, bool passes)
    {
        var (state, live) = (Make.Snapshot(OnAi(since: LongAgo)), Live(Row() with { Events = events }));
        if (passes)
            Passes("soak-time", state, Release("innovative", 10), live);
        else
            Denies("soak-time", "99 events", state, Release("innovative", 10), live);
    }

    [Fact]
    public void Soak_ExactlyLongEnough_Passes()
    {
        var state = Make.Snapshot(OnAi(since: Make.Now - TimeSpan.FromHours(2))).Limited(TrackKey.Ai, _ => new() { SoakTime = TimeSpan.FromHours(2) });
        Passes("soak-time", state, Release("innovative", 10));
    }

    [Fact]
    public void Soak_FirstReleaseOrSameTrack_AsksForNothing()
    {
        Passes("soak-time", Make.Snapshot(AiFeature()), Release("ai", 100));
        Passes("soak-time", Make.Snapshot(OnAi(ai: "on:1 off:99")), Release("ai", 100));
    }

    [Fact]
    public void Soak_SetToNothingInTheSamePlan_TheOldLimitCounts()
    {
        var changes = """[{"op":"track.put","track":{"key":"ai","disclosure":{"version":2,"text":"t"},"limits":{"soakTime":"0s","soakVolume":0}}},""" + Release("innovative", 10)[1..];
        Denies("soak-time", "needs 1d", Make.Snapshot(OnAi()), changes);
    }

    [Theory]
    [InlineData(45, true)]
    [InlineData(46, false)]
    public void MaxStep_Percent_IsPerTrack(int to, bool passes)
    {
        var state = Make.Snapshot(OnAi(ai: "on:20 off:80")).Limited(TrackKey.Ai, limits => limits with { MaxStepPercent = 25 });
        if (passes)
            Passes("max-step", state, Release("ai", to));
        else
            Denies("max-step", "f would rise for 26 % of ai in one plan; at most 25 % is allowed.", state, Release("ai", to));
    }

    [Fact]
    public void MaxStep_Cohort_CountsToo() => Denies(
        "max-step",
        "The cohort would rise for 30 % of innovative",
        Make.Snapshot(Make.Feature()).Limited(TrackKey.Innovative, limits => limits with { MaxStepPercent = 10 }),
        """[{"op":"track.put","track":{"key":"innovative","cohortPercent":30}}]""");

    [Fact]
    public void ServingSince_OffAndOnAgain_StartsAgain()
    {
        var served = OnAi(since: LongAgo);
        Assert.Equal(LongAgo, served.With(2).Noting(Make.Now).ServingSince[TrackKey.Ai]);
        FeatureModel off = Make.Killed(served.Config).Noting(Make.Now);
        Assert.Empty(off.ServingSince);
        var archived = served.With(2, switches: served.Switches with { Archived = true }).Noting(Make.Now);
        Assert.Empty(archived.ServingSince);
        Assert.Equal(Make.Now, archived.With(3, switches: FeatureSwitches.None).Noting(Make.Now).ServingSince[TrackKey.Ai]);
    }

    [Fact]
    public void Disclosure_AiTrackWithoutOne_IsDenied()
    {
        var state = Make.Snapshot(AiFeature()).With(TrackKey.Ai, track => track with { Config = track.Config with { Disclosure = null } });
        Denies("disclosure-current", "The ai track has no disclosure", state, Release("ai", 100));
        Passes("disclosure-current", Make.Snapshot(AiFeature()), Release("ai", 100));
    }
}
