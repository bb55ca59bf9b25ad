using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// <c>backtest</c>: replays recorded counts through the real guard, one JSON line per change of verdict and a last one
/// with the outcome. Exit code 0 when it ran, whatever the verdict; 2 when the arguments or the recording are wrong.
/// </summary>
public static class BacktestCommand
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="args">What follows the word <c>backtest</c>.</param>
    /// <param name="output">Takes the JSON lines.</param>
    /// <param name="error">Takes everything meant for a person.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var options = BacktestOptions.Parse(args);
        if (options.Problems.Count > 0)
            return Refuse(error, [.. options.Problems, BacktestOptions.Usage]);
        string[] lines;
        try
        {
            lines = File.ReadAllLines(options.File);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Refuse(error, [$"{options.File}: {problem.Message}"]);
        }
        var (rows, problems) = BacktestCsv.Read(lines);
        if (problems.Length > 0)
            return Refuse(error, problems.Select(problem => $"{options.File}: {problem}"));
        WarnOfInterval(options, rows, error);
        Print(Backtest.Run(options.Objective, options.Interval, rows), output);
        return 0;
    }

    private static int Refuse(TextWriter error, IEnumerable<string> problems)
    {
        foreach (var problem in problems)
            error.WriteLine(problem);
        return 2;
    }

    private static void WarnOfInterval(BacktestOptions options, IReadOnlyList<BacktestRow> rows, TextWriter error)
    {
        var steps = rows.Zip(rows.Skip(1), (a, b) => b.Seconds - a.Seconds).Order().ToArray();
        if (steps.Length > 0 && steps[steps.Length / 2] is var usual && usual > 1.5 * options.Interval.TotalSeconds)
            error.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Most rows are {usual} s apart, so what lies between counts as no data. Is it --interval {usual}s?"));
    }

    private static void Print(BacktestResult result, TextWriter output)
    {
        foreach (var (seconds, decision, evidence) in result.Changes)
        {
            output.WriteLine(JsonSerializer.Serialize(
                new
                {
                    seconds,
                    verdict = decision.Verdict.Wire(),
                    cause = decision.Cause?.Wire(),
                    reasons = decision.Reasons,
                    evidence = new { g = evidence.G, bR = evidence.BR, c1 = evidence.C1 },
                },
                Json));
        }
        output.WriteLine(JsonSerializer.Serialize(
            new { final = result.Final.Wire(), rollbackAtSeconds = result.RollbackAtSeconds }, Json));
    }
}
