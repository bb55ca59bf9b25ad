using System.Globalization;
using ReleaseTracks.Benchmarks.Control;
using ReleaseTracks.Benchmarks.Evaluation;
using ReleaseTracks.Benchmarks.Http;
using ReleaseTracks.Benchmarks.Store;
using ReleaseTracks.Benchmarks.Streams;

namespace ReleaseTracks.Benchmarks.Report;

/// <summary>Every benchmark of speed, one after the other, as one Markdown table. About half an hour on two idle cores.</summary>
internal static class ComparisonTable
{
    private static readonly (string Name, Func<Task<IReadOnlyList<Comparison>>> Measure)[] Parts =
    [
        ("evaluation", EvaluationBenchmark.MeasureAsync),
        ("all-flags", AllFlagsBenchmark.MeasureAsync),
        ("ofrep", OfrepBenchmark.MeasureAsync),
        ("streams", StreamBenchmark.MeasureAsync),
        ("tick", TickBenchmark.MeasureAsync),
        ("enrollments", EnrollmentBenchmark.MeasureAsync),
        ("ledger", LedgerBenchmark.MeasureAsync),
    ];

    public static bool Knows(string? part) => part == "table" || Parts.Any(one => one.Name == part);

    public static async Task<int> RunAsync(string part)
    {
        var rows = new List<Comparison>();
        foreach (var (_, measure) in Parts.Where(one => part == "table" || one.Name == part))
            rows.AddRange(await measure());
        Console.WriteLine();
        Console.WriteLine("| What | ReleaseTracks | Baseline | | Ratio | Seen besides |");
        Console.WriteLine("|---|---:|---|---:|---:|---|");
        foreach (var row in rows)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {row.What} | {row.Ours} | {row.Against} | {row.Baseline} | {row.Ratio:0.###} | {row.Note} |"));
        return 0;
    }
}
