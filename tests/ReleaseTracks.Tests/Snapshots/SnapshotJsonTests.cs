using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class SnapshotJsonTests
{
    [Fact]
    public void Read_WhatWasWritten_EvaluatesTheSame() =>
        Gen.Select(DomainGen.Snapshot, Gen.String.Array[1, 10], Gen.Int[0, 100]).Sample((state, users, cohort) =>
        {
            state = (state with { Origin = "releasetracks/00000001", At = Make.Now })
                .With(new Organisation("acme", TrackKey.Innovative)).With(new Organisation("free", TrackKey.Ai))
                .With(TrackKey.Innovative, track => track with { Config = track.Config with { CohortPercent = cohort } });
            var reading = SnapshotJson.Read(Json.Object(json => SnapshotJson.WriteMembers(json, state)));

            Assert.Empty(reading.Skipped);
            var read = reading.Snapshot;
            Assert.Equal((state.Revision, state.Origin, state.At), (read.Revision, read.Origin, read.At));
            Assert.Equal(state.Served.Select(feature => feature.Config.Key), read.Served.Select(feature => feature.Config.Key));
            Assert.Equal(TrackKey.Innovative, read.Ceiling("acme"));
            Assert.Equal(TrackKey.Ai, read.Ceiling("free"));
            foreach (var user in users)
                Assert.Equal(EnrollmentRules.Effective(state, user, Enrollment.None, null), EnrollmentRules.Effective(read, user, Enrollment.None, null));
            foreach (var (before, after) in state.Served.Zip(read.Served))
            {
                foreach (var (user, track) in users.SelectMany(user => TrackKeys.All.Select(track => (user, track))))
                    Same(Evaluator.Evaluate(before, track, user), Evaluator.Evaluate(after, track, user));
            }
        });

    [Fact]
    public void EffectiveTrack_AnyUser_IsThatOfTheEnrollment() =>
        Gen.Select(Gen.String, Gen.Int[0, 100], DomainGen.Track, DomainGen.Track, Gen.Bool).Sample((user, cohort, chosen, ceiling, chose) =>
        {
            var state = Make.Snapshot(Make.Feature()).With(new Organisation("acme", ceiling))
                .With(TrackKey.Innovative, track => track with { Config = track.Config with { CohortPercent = cohort } });
            var stored = chose ? new Enrollment(chosen, EnrollmentSource.OptIn, null) : Enrollment.None;

            return EnrollmentRules.EffectiveTrack(state, user, stored, "acme") == EnrollmentRules.Effective(state, user, stored, "acme").Track;
        });

    private static void Same(Result before, Result after)
    {
        Assert.Equal(before.Variant?.Name, after.Variant?.Name);
        Assert.Equal((before.Reason, before.Cause, before.IsFallback), (after.Reason, after.Cause, after.IsFallback));
    }
}
