using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class TreatmentControlTests
{
    private static readonly Feature F = Make.Feature("f", ai: "on:50 alt:30 off:20");
    private static readonly Feature G = Make.Feature("g", innovative: "on:100");

    [Fact]
    public void Of_Feature_ComparesItsVariantsOnTheTrackWithItsFallbackAnywhere()
    {
        var counts = Of(Make.Snapshot(F, G), "f",
            Count("f", TrackKey.Ai, "on", 10, 1), Count("f", TrackKey.Ai, "alt", 20, 2), Count("f", TrackKey.Innovative, "on", 500, 500),
            Count("f", TrackKey.Ai, "off", 30, 3), Count("f", TrackKey.Stable, "off", 40, 4), Count("g", TrackKey.Stable, "off", 900, 900));

        Assert.Equal(new IntervalCounts(33, 3, 77, 7), counts);
    }

    [Fact]
    public void Of_Track_SumsItsFeatures()
    {
        var counts = Of(Make.Snapshot(F, G), null,
            Count("f", TrackKey.Ai, "on", 10, 1), Count("g", TrackKey.Ai, "on", 20, 2), Count("g", TrackKey.Innovative, "on", 500, 500),
            Count("f", TrackKey.Stable, "off", 30, 3), Count("g", TrackKey.Stable, "off", 40, 4), Count("unknown", TrackKey.Ai, "on", 1, 1));

        Assert.Equal(new IntervalCounts(33, 3, 77, 7), counts);
    }

    public static TheoryData<FeatureModel> Out { get; } =
        [Make.Model(F, TrackKey.Ai), Make.Killed(F), Make.Archived(Make.Model(F)), Make.Model(Make.Feature("f"))];

    [Theory, MemberData(nameof(Out))]
    public void Of_Track_LeavesOutWhatTricklesInOfAFeatureThatIsOut(FeatureModel feature)
    {
        var state = Make.Snapshot(Make.Model(G)).With(feature);

        Assert.Equal(new IntervalCounts(20, 0, 0, 0), Of(state, null, Count("f", TrackKey.Ai, "on", 0, 50), Count("g", TrackKey.Ai, "on", 20, 0)));
        Assert.True(new TreatmentControl(state, Counts(Count("f", TrackKey.Ai, "on", 0, 50))).AnyTreatment("f", TrackKey.Ai));
    }

    [Fact]
    public void Of_Harm_TakesTheUsesAsItsTotal()
    {
        var objective = new Objective { Id = "harm", Indicator = Indicator.Harm, Target = 0.995, TotalFrom = Indicator.Availability };
        var row = new RowSpec(new("f", TrackKey.Ai, "harm"), objective, GuardSettings.For(objective), 0, false);
        var counts = Counts(
            Count("f", TrackKey.Ai, "on", 90, 10), Count("f", TrackKey.Ai, "on", 0, 7, Indicator.Harm), Count("f", TrackKey.Stable, "off", 0, 1, Indicator.Harm));

        Assert.Equal(new IntervalCounts(100, 7, 0, 1), new TreatmentControl(Make.Snapshot(F), counts).Of(row));
    }

    [Fact]
    public void Of_SourceOfItsOwn_IsNotMixedWithTheStandardCounter()
    {
        var objective = new Objective { Id = "own", Indicator = Indicator.Availability, Target = 0.9, Source = new(null, "bad", "total") };
        var row = new RowSpec(new("f", TrackKey.Ai, "own"), objective, GuardSettings.For(objective), 0, false);
        var counts = Counts(Count("f", TrackKey.Ai, "on", 90, 10), (new("f", TrackKey.Ai, "", Indicator.Availability, "own"), new(4, 1)));

        Assert.Equal(new IntervalCounts(5, 1, 0, 0), new TreatmentControl(Make.Snapshot(F), counts).Of(row));
    }

    private static IntervalCounts Of(Snapshot state, string? feature, params (OutcomeSeries, OutcomeCounts)[] counts)
    {
        var objective = new Objective { Id = "availability", Indicator = Indicator.Availability, Target = 0.99 };
        return new TreatmentControl(state, Counts(counts)).Of(
            new(new(feature, TrackKey.Ai, "availability"), objective, GuardSettings.For(objective), 0, false));
    }

    private static (OutcomeSeries, OutcomeCounts) Count(
        string feature, TrackKey track, string variant, long good, long bad, Indicator indicator = Indicator.Availability) =>
        (new(feature, track, variant, indicator), new(good, bad));

    private static Dictionary<OutcomeSeries, OutcomeCounts> Counts(params (OutcomeSeries Series, OutcomeCounts Counts)[] counts) =>
        counts.ToDictionary(one => one.Series, one => one.Counts);
}
