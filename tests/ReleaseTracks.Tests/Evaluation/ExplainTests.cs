using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Evaluation;

public sealed class ExplainTests
{
    private static readonly Gen<Enrollment> Stored = Gen.Select(DomainGen.Track, Gen.Int[0, 4], Gen.Bool)
        .Select((track, source, member) => source == 0 ? Enrollment.None : new Enrollment(track, (EnrollmentSource)source, Make.Now, member ? "acme" : null, 1));

    private static readonly Gen<string?> User = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 400]).Select((kind, n) => kind == 0 ? null : kind == 1 ? "" : "user-" + n);

    [Fact]
    public void Explain_AnyStateAndUser_AgreesWithTheEvaluator() =>
        Gen.Select(DomainGen.Model, User, Stored, DomainGen.Track, Gen.Int[0, 100], Gen.Bool).Sample((feature, user, stored, ceiling, cohort, named) =>
        {
            var state = Make.Snapshot(feature).With(new Organisation("acme", ceiling))
                .With(TrackKey.Innovative, track => track with { Config = track.Config with { CohortPercent = cohort } });
            var organisation = named ? "acme" : null;
            var track = string.IsNullOrEmpty(user) ? TrackKey.Stable : EnrollmentRules.Effective(state, user, stored, organisation).Track;

            AssertAgrees(Evaluator.Evaluate(feature, track, user), Explain.Of(state, feature, user, stored, organisation));
        });

    [Fact]
    public void Explain_AnyTrackGiven_AgreesWithTheEvaluator() =>
        Gen.Select(DomainGen.Model, User, DomainGen.Track).Sample((feature, user, track) =>
            AssertAgrees(Evaluator.Evaluate(feature, track, user), Explain.On(track, feature, user)));

    [Fact]
    public void Explain_WeightsThatDoNotAddUpExactly_AgreesAtEveryBucket()
    {
        var feature = Make.Model(Make.Feature(ai: "on:33.333333333 alt:33.333333333 off:33.333333334"));

        for (var user = 0; user < 2000; user++)
            AssertAgrees(Evaluator.Evaluate(feature, TrackKey.Ai, "u" + user), Explain.On(TrackKey.Ai, feature, "u" + user));
    }

    [Fact]
    public void Explain_RolledBackAboveAStableRelease_SaysWhyTheLowerReleaseIsNotServed()
    {
        var feature = Make.Model(Make.Feature(stable: "on:100", ai: "on:100"), TrackKey.Ai);

        var explanation = Explain.Of(Make.Snapshot(feature), feature, "ada", new(TrackKey.Ai, EnrollmentSource.OptIn, Make.Now, null, 3), null);

        Assert.Equal(["Enrollment", "Track", "Rollback"], explanation.Steps.Select(step => step.Title));
        Assert.Contains("disclosure version 3", explanation.Steps[0].Detail, StringComparison.Ordinal);
        Assert.Contains("nothing from lower tracks", explanation.Steps[^1].Detail, StringComparison.Ordinal);
        Assert.True(explanation.Result.IsFallback);
    }

    private static void AssertAgrees(Result expected, Explanation explanation)
    {
        var found = explanation.Result;
        Assert.Equal(expected.Variant?.Name, found.Variant?.Name);
        Assert.Equal(expected.Cause, found.Cause);
        Assert.Equal(expected.Track, found.Track);
        Assert.Equal(expected.IsFallback, found.IsFallback);
        Assert.Single(explanation.Steps, step => step.Decides);
        Assert.True(explanation.Steps[^1].Decides);
    }
}
