using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Evaluation;

public sealed class EvaluateAllTests
{
    private static readonly Gen<string> User = Gen.OneOf(Gen.String, Gen.Char['a', 'z'].Array[1, 200].Select(letters => new string(letters)));

    /// <summary>More splits than lanes, one more, and a few; keys of all lengths.</summary>
    private static readonly Gen<Snapshot> State = DomainGen.Feature.Array[0, 70].Select(features => Make.Snapshot(
        [.. features.Select((feature, i) => feature with { Key = new string('k', 1 + (i * 7 % 60)) + i })]));

    [Fact]
    public void EvaluateAll_AnyFeatures_IsEvaluateOfEach() => Gen.Select(State, DomainGen.Track, User).Sample((state, track, user) =>
    {
        var results = new Result[state.Served.Length];
        Evaluator.EvaluateAll(state, track, user, results);
        AssertEach(state, track, user, results);
    });

    [Fact]
    public void Decide_EightLanes_IsEvaluateOfEach()
    {
        Assert.SkipUnless(EightLanes.IsSupported, "This processor has no AVX2.");
        Decide_Splits_IsEvaluateOfEach((table, user, results) => Evaluator.Decide<EightLanes>(table.Splits, user, results));
    }

    [Fact]
    public void Decide_SixteenLanes_IsEvaluateOfEach()
    {
        Assert.SkipUnless(SixteenLanes.IsSupported, "This processor has no AVX-512.");
        Decide_Splits_IsEvaluateOfEach((table, user, results) => Evaluator.Decide<SixteenLanes>(table.Splits, user, results));
    }

    [Fact]
    public void Decide_WithoutVectors_IsEvaluateOfEach() =>
        Decide_Splits_IsEvaluateOfEach((table, user, results) => Evaluator.DecideEach(table.Splits, user, results));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void EvaluateAll_Nobody_GetsWhatSomeoneWithoutAnIdentityGets(string? user)
    {
        var state = Make.Snapshot(Make.Feature("a", ai: "on:50 off:50"), Make.Feature("b", stable: "on:100"));
        var results = new Result[2];

        Evaluator.EvaluateAll(state, TrackKey.Ai, user, results);

        Assert.Equal(Cause.NoTargetingKey, results[0].Cause);
        AssertEach(state, TrackKey.Ai, user, results);
    }

    [Fact]
    public void EvaluateAll_ArchivedFeature_IsLeftOut()
    {
        var state = Make.Snapshot(Make.Archived(Make.Model(Make.Feature("a"))), Make.Model(Make.Feature("b")));
        var results = new Result[1];

        Evaluator.EvaluateAll(state, TrackKey.Ai, "ada", results);

        Assert.Equal("b", results[0].Feature.Key);
    }

    [Fact]
    public void EvaluateAll_AfterARollback_ServesTheFallback()
    {
        var before = Make.Snapshot(Make.Feature("a", ai: "on:100"));
        var results = new Result[1];
        Evaluator.EvaluateAll(before, TrackKey.Ai, "ada", results);
        Assert.False(results[0].IsFallback);

        Evaluator.EvaluateAll(before.With(Make.Model(before.Served[0].Config, TrackKey.Ai)), TrackKey.Ai, "ada", results);

        Assert.Equal(Cause.RolledBack, results[0].Cause);
    }

    [Fact]
    public void EvaluateAll_TooLittleRoom_IsRefused()
    {
        var state = Make.Snapshot(Make.Feature("a"), Make.Feature("b"));

        var refused = Assert.Throws<ArgumentException>(() => Evaluator.EvaluateAll(state, TrackKey.Ai, "ada", new Result[1]));

        Assert.Equal("results", refused.ParamName);
    }

    [Fact]
    public void EvaluateAll_ManySplits_AllocatesNothing()
    {
        var state = Make.Snapshot([.. Enumerable.Range(0, 100).Select(i => Make.Feature("feature-" + i, ai: "on:50 off:50"))]);
        var results = new Result[100];
        Evaluator.EvaluateAll(state, TrackKey.Ai, "ada", results);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Evaluator.EvaluateAll(state, TrackKey.Ai, "bea", results);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Decide_Splits_IsEvaluateOfEach(Action<TrackTable, string, Result[]> decide) =>
        Gen.Select(State, DomainGen.Track, User).Sample((state, track, user) =>
        {
            var table = new TrackTable(state.Served, track);
            var results = new Result[table.Count];
            table.CopyTo(results);
            if (user.Length > 0)
            {
                decide(table, user, results);
                AssertEach(state, track, user, results);
            }
        });

    private static void AssertEach(Snapshot state, TrackKey track, string? user, Result[] results)
    {
        Assert.Equal(state.Served.Length, results.Length);
        for (var i = 0; i < results.Length; i++)
            Assert.Same(Evaluator.Evaluate(state.Served[i], track, user), results[i]);
    }
}
