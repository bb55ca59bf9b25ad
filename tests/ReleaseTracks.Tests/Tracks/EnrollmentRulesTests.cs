using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Tracks;

public sealed class EnrollmentRulesTests
{
    private static readonly Snapshot State = Make.Snapshot(Array.Empty<FeatureModel>())
        .With(new Organisation("strict", TrackKey.Stable)).With(new Organisation("careful", TrackKey.Innovative));

    private static readonly Enrollment OnAi = new(TrackKey.Ai, EnrollmentSource.OptIn, Make.Now.AddDays(-1), null, 1);

    private static EnrollmentDecision Decide(
        Snapshot state, Enrollment current, TrackKey track, int? version = null, string? organisation = null, bool byUser = true) =>
        EnrollmentRules.Decide(state, current, new(track, byUser, organisation, version), Make.Now);

    private static Snapshot Closed(TrackKey track) => State.With(track, model => model with { ClosedBy = "r1" });

    private static Snapshot Cohort(double percent) =>
        State.With(TrackKey.Innovative, model => model with { Config = model.Config with { CohortPercent = percent } });

    [Fact]
    public void Ai_CurrentDisclosure_IsOptedIn()
    {
        var decision = Decide(State, Enrollment.None, TrackKey.Ai, version: 1, organisation: "free");
        Assert.Equal(new Enrollment(TrackKey.Ai, EnrollmentSource.OptIn, Make.Now, "free", 1), decision.Enrollment);
        Assert.Null(decision.Refusal);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, true)]
    [InlineData(2, true)]
    [InlineData(null, false)]
    [InlineData(2, false)]
    public void Ai_WithoutTheCurrentDisclosure_IsRefused(int? version, bool byUser)
    {
        var decision = Decide(State, Enrollment.None, TrackKey.Ai, version, byUser: byUser);
        Assert.Equal(EnrollmentRefusal.DisclosureNotCurrent, decision.Refusal);
        Assert.Null(decision.Enrollment);
        Assert.Contains("\"disclosureVersion\":1}", decision.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Ai_OnceTheDisclosureMoved_TheOldVersionIsRefused()
    {
        var state = State.With(TrackKey.Ai, model => model with { Config = model.Config with { Disclosure = new(2, "new", null) } });
        Assert.Equal(EnrollmentRefusal.DisclosureNotCurrent, Decide(state, OnAi, TrackKey.Ai, version: 1).Refusal);
        Assert.Equal(2, Decide(state, OnAi, TrackKey.Ai, version: 2).Enrollment!.DisclosureVersion);
    }

    [Fact]
    public void Ai_NoTrackOrNoDisclosure_IsRefused()
    {
        var none = State.With(TrackKey.Ai, model => model with { Config = model.Config with { Disclosure = null } });
        Assert.Equal(EnrollmentRefusal.DisclosureNotCurrent, Decide(none, Enrollment.None, TrackKey.Ai).Refusal);
        Assert.Equal(EnrollmentRefusal.DisclosureNotCurrent, Decide(Snapshot.Empty, Enrollment.None, TrackKey.Ai, version: 1).Refusal);
    }

    [Theory]
    [InlineData("strict", TrackKey.Ai)]
    [InlineData("strict", TrackKey.Innovative)]
    [InlineData("careful", TrackKey.Ai)]
    public void AboveTheCeiling_NamedOrStored_IsRefused(string organisation, TrackKey track)
    {
        Assert.Equal(EnrollmentRefusal.AboveCeiling, Decide(State, Enrollment.None, track, 1, organisation).Refusal);
        Assert.Equal(EnrollmentRefusal.AboveCeiling, Decide(State, Enrollment.None with { Organisation = organisation }, track, 1).Refusal);
    }

    [Fact]
    public void ClosedTrack_Newcomer_IsRefused_WhoIsOnItStays()
    {
        var closed = Closed(TrackKey.Ai);
        var refused = Decide(closed, Enrollment.None, TrackKey.Ai, 1);
        Assert.Equal(EnrollmentRefusal.TrackClosed, refused.Refusal);
        Assert.Contains("r1", refused.Detail, StringComparison.Ordinal);
        Assert.Same(OnAi, Decide(closed, OnAi, TrackKey.Ai, 1).Enrollment);
        Assert.Equal(EnrollmentRefusal.TrackClosed, Decide(Closed(TrackKey.Innovative), Enrollment.None, TrackKey.Innovative).Refusal);
    }

    [Fact]
    public void Leaving_AnyLowerTrack_IsNeverRefused()
    {
        var organisation = Gen.Int[0, 3].Select(i => new[] { null, "strict", "careful", "unknown" }[i]);
        Gen.Select(DomainGen.Track, DomainGen.Track, organisation, organisation, Gen.Bool.Array[3], Gen.Bool, Gen.Bool).Sample(
            (from, to, stored, named, closed, byUser, disclosed) =>
            {
                if (to > from || (to == from && to != TrackKey.Stable))
                    return;
                var state = TrackKeys.All.Where(track => closed[(int)track]).Aggregate(State, (before, track) => before.With(track, model => model with { ClosedBy = "r1" }));
                if (!disclosed)
                    state = state.With(TrackKey.Ai, model => model with { Config = model.Config with { Disclosure = null } });
                var current = new Enrollment(from, EnrollmentSource.OptIn, Make.Now, stored, from == TrackKey.Ai ? 1 : null);
                var decision = Decide(state, current, to, organisation: named, byUser: byUser);
                Assert.Null(decision.Refusal);
                Assert.Equal(to, decision.Enrollment!.Track);
                Assert.Null(decision.Enrollment.DisclosureVersion);
            });
    }

    [Fact]
    public void Leaving_FromAiToAClosedInnovative_IsAllowed() =>
        Assert.Equal(TrackKey.Innovative, Decide(Closed(TrackKey.Innovative), OnAi, TrackKey.Innovative).Enrollment?.Track);

    [Theory]
    [InlineData(TrackKey.Stable, true, EnrollmentSource.OptOut)]
    [InlineData(TrackKey.Stable, false, EnrollmentSource.Assigned)]
    [InlineData(TrackKey.Innovative, true, EnrollmentSource.OptIn)]
    [InlineData(TrackKey.Innovative, false, EnrollmentSource.Assigned)]
    public void Source_SaysWhoDecided(TrackKey track, bool byUser, EnrollmentSource expected) =>
        Assert.Equal(expected, Decide(State, OnAi, track, byUser: byUser).Enrollment!.Source);

    [Fact]
    public void Same_Again_KeepsTheFirstSince()
    {
        var first = Decide(State, Enrollment.None, TrackKey.Innovative).Enrollment!;
        Assert.Same(first, EnrollmentRules.Decide(State, first, new(TrackKey.Innovative, true, null, null), Make.Now.AddDays(1)).Enrollment);
    }

    [Theory]
    [InlineData(null, null, TrackKey.Ai)]
    [InlineData("careful", null, TrackKey.Innovative)]
    [InlineData(null, "careful", TrackKey.Innovative)]
    [InlineData("strict", "careful", TrackKey.Stable)]
    [InlineData("careful", "strict", TrackKey.Stable)]
    [InlineData("unknown", "unknown", TrackKey.Ai)]
    public void Effective_Ceilings_TheLowerOneCounts(string? stored, string? context, TrackKey expected)
    {
        var effective = EnrollmentRules.Effective(State, "u", OnAi with { Organisation = stored }, context);
        Assert.Equal((expected, EnrollmentSource.OptIn), (effective.Track, effective.Source));
    }

    [Fact]
    public void Effective_Cohort_IsByBucketAndOnlyWithoutAChoice()
    {
        var state = Cohort(30);
        for (var i = 0; i < 500; i++)
        {
            var user = "u" + i;
            var expected = Bucketing.Percentage(user, "cohort\ninnovative") < 30 ? TrackKey.Innovative : TrackKey.Stable;
            var effective = EnrollmentRules.Effective(state, user, Enrollment.None, null);
            Assert.Equal((expected, expected == TrackKey.Innovative ? EnrollmentSource.Cohort : EnrollmentSource.Default), (effective.Track, effective.Source));
            Assert.Equal(TrackKey.Stable, EnrollmentRules.Effective(state, user, Enrollment.None, "strict").Track);
            Assert.Equal(TrackKey.Stable, EnrollmentRules.Effective(state, user, new(TrackKey.Stable, EnrollmentSource.OptOut, Make.Now), null).Track);
            Assert.Equal(TrackKey.Innovative, EnrollmentRules.Effective(Cohort(100), user, Enrollment.None, null).Track);
            Assert.Same(Enrollment.None, EnrollmentRules.Effective(State, user, Enrollment.None, null));
        }
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 0.1, true)]
    [InlineData(50, 50, false)]
    [InlineData(49.9, 50, true)]
    [InlineData(100, 99.9, false)]
    [InlineData(100, 100, true)]
    public void InCohort_Bounds_AreHalfOpenButAHundredIsEverybody(double bucket, double percent, bool expected) =>
        Assert.Equal(expected, EnrollmentRules.InCohort(bucket, percent));

    [Fact]
    public void Effective_CohortOnAClosedTrack_StaysBecauseALowerReleaseCouldExposeMore()
    {
        // Innovative is rolled back to the fallback, stable serves "on": moving the cohort down would expose it.
        var feature = Make.Model(Make.Feature(stable: "on:100", innovative: "on:100"), TrackKey.Innovative);
        var state = Cohort(100).With(feature).With(TrackKey.Innovative, model => model with { ClosedBy = "r1" });
        var effective = EnrollmentRules.Effective(state, "u", Enrollment.None, null);
        Assert.Equal("off", Make.VariantOf(feature, effective.Track, "u"));
    }

    [Fact]
    public void Sources_Wire_ReadBack()
    {
        foreach (var source in Enum.GetValues<EnrollmentSource>())
            Assert.Equal(source, EnrollmentSources.Parse(source.Wire()));
        Assert.Equal(EnrollmentSource.Default, EnrollmentSources.Parse(null));
    }
}
