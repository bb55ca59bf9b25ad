using System.Diagnostics;
using System.Globalization;

namespace ReleaseTracks.Benchmarks;

/// <summary>
/// Reproduces the table of what the guard must reach: the burn-rate rule and ours on the same seeded traffic, side by
/// side. Exit code 1 when a row misses its target.
/// </summary>
internal static class GuardSimulation
{
    public static int Run(string[] args)
    {
        var quick = args.Contains("--quick");
        var only = args.SkipWhile(arg => arg != "--only").ElementAtOrDefault(1) ?? "";
        var watch = Stopwatch.StartNew();
        Console.WriteLine(FormattableString.Invariant(
            $"{"situation",-58} {"runs",6} {"burn-rate rule",22} {"ours",22} {"to reach",18}  reached"));
        var missed = 0;
        foreach (var situation in Situations.All.Where(situation => situation.Name.Contains(only, StringComparison.Ordinal)))
            missed += Report(situation, quick) ? 0 : 1;
        Console.WriteLine(FormattableString.Invariant(
            $"{(missed == 0 ? "every target reached" : $"{missed} missed")}, {watch.Elapsed.TotalSeconds:0} s, seeded{(quick ? ", quick: too few runs to judge by" : "")}"));
        return missed == 0 ? 0 : 1;
    }

    private static bool Report(Situation situation, bool quick)
    {
        var runs = quick ? Math.Max(4, situation.Runs / 100) : situation.Runs;
        var parts = situation.Scenarios.Select((scenario, index) => Simulate(scenario, runs, situation.Seed(index))).ToArray();
        if (situation.Scenarios.Length > 1)
        {
            for (var i = 0; i < parts.Length; i++)
                Line("  " + situation.Scenarios[i].Label, parts[i], situation, target: null);
        }
        return Line(situation.Name, [.. parts.SelectMany(part => part)], situation, situation.Target);
    }

    private static TrialResult[] Simulate(Scenario scenario, int runs, ulong seed)
    {
        var (trial, results) = (new Trial(scenario), new TrialResult[runs]);
        Parallel.For(0, runs, new ParallelOptions { MaxDegreeOfParallelism = 2 }, run =>
            results[run] = trial.Run(new SplitMix(seed + (ulong)run * 7919).Next()));
        return results;
    }

    private static bool Line(string name, TrialResult[] results, Situation situation, double? target)
    {
        var theirs = Figure.Of([.. results.Select(result => result.BurnRate)], situation.Detects);
        var ours = Figure.Of([.. results.Select(result => result.Ours)], situation.Detects);
        var reached = target is null || ours.Reaches(target.Value, situation.Detects);
        var goal = target is null ? "" : situation.Detects
            ? FormattableString.Invariant($"<= {target:0} s, 0 missed")
            : FormattableString.Invariant($"<= {target:0.0%}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name,-58} {results.Length,6} {theirs.Text(situation.Detects),22} {ours.Text(situation.Detects),22} {goal,18}  {(target is null ? "" : reached ? "yes" : "NO")}"));
        return reached;
    }
}
