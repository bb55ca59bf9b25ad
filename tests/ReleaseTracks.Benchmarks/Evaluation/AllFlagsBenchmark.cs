using BenchmarkDotNet.Attributes;
using ReleaseTracks.Benchmarks.Report;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks.Evaluation;

/// <summary>
/// What one user gets of every feature, as a page needs it for its browser: ours against Microsoft.FeatureManagement, which has
/// to be asked for one after the other.
/// </summary>
public class AllFlagsBenchmark : FlagsBenchmark
{
    private string[] keys = [];
    private Result[] results = [];

    public override Task Prepare()
    {
        keys = [.. Enumerable.Range(0, Flags).Select(Key)];
        results = new Result[Flags];
        return base.Prepare();
    }

    [Benchmark(Baseline = true)]
    public async ValueTask<int> MicrosoftFeatureManagement()
    {
        var context = NextContext;
        var letters = 0;
        foreach (var key in keys)
            letters += (await Manager.GetVariantAsync(key, context)).Name.Length;
        return letters;
    }

    [Benchmark]
    public int ReleaseTracks()
    {
        Evaluator.EvaluateAll(State, TrackKey.Ai, NextUser, results);
        var letters = 0;
        foreach (var result in results)
            letters += result.Variant!.Name.Length;
        return letters;
    }

    internal static Task<IReadOnlyList<Comparison>> MeasureAsync() => Task.FromResult(Measure<AllFlagsBenchmark>("all of the flags"));
}
