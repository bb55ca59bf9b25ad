using BenchmarkDotNet.Attributes;
using ReleaseTracks.Benchmarks.Report;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks.Evaluation;

/// <summary>One evaluation of a feature, looked up by key: ours against Microsoft.FeatureManagement's.</summary>
public class EvaluationBenchmark : FlagsBenchmark
{
    private string key = "";

    public override Task Prepare()
    {
        key = Key(Flags / 2);
        return base.Prepare();
    }

    [Benchmark(Baseline = true)]
    public async ValueTask<string> MicrosoftFeatureManagement() => (await Manager.GetVariantAsync(key, NextContext)).Name;

    [Benchmark]
    public string ReleaseTracks() => Evaluator.Evaluate(State.FindServed(key)!, TrackKey.Ai, NextUser).Variant!.Name;

    internal static Task<IReadOnlyList<Comparison>> MeasureAsync() => Task.FromResult(Measure<EvaluationBenchmark>("evaluation"));
}
