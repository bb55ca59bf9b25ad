using CsCheck;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans;

/// <summary>Lowering exposure is never blocked, whatever the moment; and what automation does is always lowering.</summary>
public sealed class LoweringPropertyTests
{
    /// <summary>Everything that could speak against a plan at once.</summary>
    private static readonly LiveFacts Worst = new(Make.Now, 3)
    {
        Measured = false,
        Rows =
        [
            .. TrackKeys.All.SelectMany(track => new[] { "a", "b", "c", null }.Select(feature =>
                new RowHealth(feature, track, "availability", Verdict.Failed) { Remaining = -1, Frozen = true })),
        ],
        Freezes = [.. TrackKeys.All.Select(track => new ActiveFreeze(track, Make.Now.AddDays(1), "always"))],
    };

    private static readonly TrackLimits Tightest = new()
    {
        SoakTime = TimeSpan.FromDays(366),
        SoakVolume = 1_000_000,
        RollbackCooldown = TimeSpan.FromDays(366),
        MaxStepPercent = 0.001,
    };

    private static Gen<Snapshot> States { get; } = DomainGen.Snapshot.Select(state => TrackKeys.All.Aggregate(
        state, (tight, track) => tight.With(track, model => model with { Config = model.Config with { Limits = Tightest } })));

    [Fact]
    public void Judge_NeitherRaisesNorLoosens_NeedsNobodyAndNoRuleSaysNo() => Gen.Select(States, ChangeGen.Steps).Sample((before, steps) =>
    {
        var judgement = PlanRules.Judge(before, ChangeGen.Apply(before, ChangeGen.Possible(before, steps)), Make.Actor, Worst);
        if (judgement.Exposure.Effect != ExposureEffect.Raises && judgement.Loosened.IsEmpty)
        {
            Assert.Equal(0, judgement.ApprovalsNeeded);
            Assert.All(judgement.Rules, rule => Assert.Equal(RuleOutcome.Pass, rule.Outcome));
        }
        else
        {
            Assert.Equal(3, judgement.ApprovalsNeeded);
            Assert.NotNull(judgement.Waiting);
        }
    }, iter: 1000);

    [Fact]
    public void Judge_FallbackInsteadOfAnything_IsNeverHeldBack() => Gen.Select(States, DomainGen.Track).Sample((before, track) =>
    {
        foreach (var feature in before.Served)
        {
            var config = feature.Config;
            Change[] lowering =
            [
                new Change.FeatureArchive(config.Key),
                new Change.ReleaseSet(config.Key, track, [new(config.Fallback, 100)]),
            ];
            foreach (var change in lowering)
            {
                var judgement = PlanRules.Judge(before, ChangeGen.Apply(before, change), Make.Actor, Worst);
                Assert.Equal((0, null, null), (judgement.ApprovalsNeeded, judgement.Denial, judgement.Waiting));
            }
        }
    });

    [Fact]
    public void Judge_WeightMovedToTheFallback_IsNeverHeldBack() => Gen.Select(Gen.Int[0, 100], Gen.Int[0, 100], DomainGen.Track).Sample((a, b, track) =>
    {
        var (from, to) = (Math.Max(a, b), Math.Min(a, b));
        var before = Make.Snapshot(Make.Feature(stable: $"on:{from} off:{100 - from}", innovative: $"on:{from} off:{100 - from}", ai: $"on:{from} off:{100 - from}"));
        var judgement = PlanRules.Judge(before, Make.After(before, Rules.RuleState.Release(track.Wire(), to)), Make.Actor, Worst);
        Assert.Equal(from == to ? ExposureEffect.Neutral : ExposureEffect.Lowers, judgement.Exposure.Effect);
        Assert.Equal((0, null), (judgement.ApprovalsNeeded, judgement.Denial));
    });

    /// <summary>A rollback is all that the control loop can do; evaluated before and after, whatever it was decided on.</summary>
    [Fact]
    public void Rollback_AnyFeaturesOnAnyTrack_OnlyLowers() => Gen.Select(States, DomainGen.Track, DomainGen.Key.Array[0, 4], Gen.Bool).Sample((before, track, keys, whole) =>
    {
        var after = SnapshotFold.RollBack(before, new RollbackRecord
        {
            Id = "rb",
            Features = [.. keys.Distinct()],
            Track = track,
            At = Make.Now,
            Cause = RollbackCause.BreachProven,
            WholeTrack = whole,
            Actor = Make.Actor,
            Revision = 2,
        });
        Assert.NotEqual(ExposureEffect.Raises, Exposure.Compare(before, after).Effect);
        Assert.Empty(Loosening.Find(before, after));
    }, iter: 500);
}
