using CsCheck;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Tests.Plans.Rules.RuleState;

namespace ReleaseTracks.Tests.Plans.Rules;

public sealed class LooseningTests
{
    private static readonly Objective Full = new()
    {
        Id = "o",
        Indicator = Indicator.Availability,
        Target = 0.99,
        OnBreach = BreachAction.Pause,
        Alpha = 0.01,
        Margin = 2,
        SharedOutage = SharedOutageAction.Rollback,
        MinBudgetSpent = 0.1,
    };

    public static TheoryData<string, Func<Objective, Objective>, Func<Objective, Objective>> Knobs { get; } = new()
    {
        { "the target falls", objective => objective with { Target = 0.98 }, objective => objective with { Target = 0.995 } },
        { "a breach would lead to observe", objective => objective with { OnBreach = BreachAction.Observe }, objective => objective with { OnBreach = BreachAction.Rollback } },
        { "proof takes more evidence", objective => objective with { Alpha = 0.005 }, objective => objective with { Alpha = 0.02 } },
        { "worse than control", objective => objective with { Margin = 3 }, objective => objective with { Margin = 1 } },
        { "a shared outage would be held", objective => objective with { SharedOutage = SharedOutageAction.Hold }, objective => objective },
        { "it acts from", objective => objective with { MinBudgetSpent = 0.2 }, objective => objective with { MinBudgetSpent = 0 } },
        { "the window changes", objective => objective with { Window = TimeSpan.FromDays(7) }, objective => objective },
        { "it counts other events", objective => objective with { Source = new("good_total", null, "total") }, objective => objective },
    };

    [Theory]
    [MemberData(nameof(Knobs))]
    public void Objective_OneKnob_LoosensInOneDirection(string reason, Func<Objective, Objective> loose, Func<Objective, Objective> strict)
    {
        var found = Find(Track(Full), Track(loose(Full)));
        Assert.Contains(reason, Assert.Single(found), StringComparison.Ordinal);
        Assert.StartsWith("The ai track: o: ", found[0], StringComparison.Ordinal);
        Assert.Empty(Find(Track(Full), Track(strict(Full))));
    }

    [Fact]
    public void Objective_RemovedLoosens_AddedDoesNot()
    {
        Assert.Equal("The ai track: the objective o is removed.", Assert.Single(Find(Track(Full), Track())));
        Assert.Empty(Find(Track(), Track(Full)));
    }

    [Fact]
    public void Feature_OverridesItsTrackWithLess_Loosens()
    {
        var state = Track(Full) with { Features = Make.Snapshot(AiFeature()).Features };
        var weaker = state.With(Make.Model(AiFeature() with { Objectives = [Full with { Target = 0.9 }] }));
        Assert.Equal("f: o: the target falls from 0.99 to 0.9.", Assert.Single(Loosening.Find(state, weaker)));
        Assert.Empty(Loosening.Find(state, state.With(Make.Model(AiFeature() with { Objectives = [Full with { Target = 0.999 }] }))));
        Assert.Single(Loosening.Find(state with { Features = state.Features.Clear() }, weaker));
    }

    [Fact]
    public void Feature_NoLongerAi_OrRevived_OrCleared_Loosens()
    {
        var ai = Make.Snapshot(AiFeature());
        Assert.Equal(["f: no longer declared as AI.", "f: its disclosure is removed."], Loosening.Find(ai, Make.Snapshot(Make.Feature())));
        Assert.Equal("f: the kill is lifted.", Assert.Single(Loosening.Find(Make.Snapshot(Make.Killed(AiFeature())), ai)));
        Assert.Equal("f: rollback r1 on ai is lifted.", Assert.Single(Loosening.Find(Make.Snapshot(Make.Model(AiFeature(), TrackKey.Ai)), ai)));
        Assert.Empty(Loosening.Find(ai, Make.Snapshot(Make.Killed(AiFeature()))));
    }

    [Fact]
    public void Limits_EachOfThem_LoosensInOneDirection()
    {
        var strict = new TrackLimits
        {
            SoakTime = TimeSpan.FromHours(2),
            SoakVolume = 10,
            RollbackCooldown = TimeSpan.FromHours(1),
            MaxStepPercent = 20,
            FreezeWindows = [new("0 18 * * FRI", TimeSpan.FromHours(62), "UTC")],
        };
        var state = Make.Snapshot(Make.Feature());
        var before = state.Limited(TrackKey.Ai, _ => strict);
        Assert.Equal(
            ["soakTime falls", "soakVolume falls", "rollbackCooldown falls", "maxStepPercent rises", "the freeze window"],
            Loosening.Find(before, state.Limited(TrackKey.Ai, _ => TrackLimits.None)).Zip(
                ["soakTime falls", "soakVolume falls", "rollbackCooldown falls", "maxStepPercent rises", "the freeze window"],
                (line, part) => line.Contains(part, StringComparison.Ordinal) ? part : line));
        Assert.Empty(Loosening.Find(state.Limited(TrackKey.Ai, _ => TrackLimits.None), before));
        Assert.Single(Loosening.Find(before, state.Limited(TrackKey.Ai, _ => strict with { FreezeWindows = [strict.FreezeWindows[0] with { Duration = TimeSpan.FromHours(1) }] })));
    }

    [Fact]
    public void Ceiling_Raised_Loosens_AndUsersGetTheSame()
    {
        var before = Make.Snapshot(Make.Feature(ai: "on:100")).With(new Organisation("acme", TrackKey.Stable));
        var after = before.With(new Organisation("acme", TrackKey.Innovative));
        Assert.Equal("acme: the ceiling rises from stable to innovative.", Assert.Single(Loosening.Find(before, after)));
        Assert.Equal(ExposureEffect.Neutral, Exposure.Compare(before, after).Effect);
        Assert.Empty(Loosening.Find(after, before));
        Assert.Empty(Loosening.Find(Make.Snapshot(Make.Feature()), after));
    }

    [Fact]
    public void Track_NoLongerOptInOrWithoutDisclosure_Loosens()
    {
        var before = Make.Snapshot(Array.Empty<FeatureModel>()).With(TrackKey.Innovative, track => track with { Config = track.Config with { OptIn = true, Disclosure = new(1, "t", null) } });
        Assert.Equal(
            ["The innovative track: no longer opt-in only.", "The innovative track: its disclosure is removed."],
            Loosening.Find(before, Make.Snapshot(Array.Empty<FeatureModel>())));
    }

    [Fact]
    public void AnyState_WithItself_LoosensNothing() => DomainGen.Snapshot.Sample(state => Assert.Empty(Loosening.Find(state, state)));

    private static System.Collections.Immutable.ImmutableArray<string> Find(Snapshot before, Snapshot after) => Loosening.Find(before, after);

    private static Snapshot Track(params Objective[] objectives) => Make.Snapshot(Array.Empty<FeatureModel>())
        .With(TrackKey.Ai, track => track with { Config = track.Config with { Objectives = [.. objectives] } });
}
