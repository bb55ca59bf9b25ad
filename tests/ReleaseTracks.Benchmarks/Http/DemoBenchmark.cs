using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// Runs the demo several times and prints, per step of its story, how long after the fault it came: the whole way from
/// a failing AI backend to the first user who is served the plain path again. The control interval (2 s) is the
/// baseline: nothing can be noticed sooner than the next round.
/// </summary>
public static partial class DemoBenchmark
{
    private static readonly string[] Steps = ["EVIDENCE", "ROLLED BACK", "FIRST BACK", "VERIFIED"];

    public static async Task<int> RunAsync(string[] args)
    {
        var runs = args is ["--runs", var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 5;
        var seconds = Steps.ToDictionary(step => step, _ => new List<double>(), StringComparer.Ordinal);
        for (var run = 1; run <= runs; run++)
        {
            var story = await StoryAsync();
            foreach (var step in Steps)
                seconds[step].Add(story.GetValueOrDefault(step, double.NaN));
            Console.WriteLine($"run {run}: " + string.Join("  ", Steps.Select(step => Text($"{step} +{story.GetValueOrDefault(step, double.NaN):0.0} s"))));
        }

        Console.WriteLine($"median of {runs}: " + string.Join("  ", Steps.Select(step => Text($"{step} +{Median(seconds[step]):0.0} s"))));
        return seconds.Values.SelectMany(values => values).Any(double.IsNaN) ? 1 : 0;
    }

    private static async Task<Dictionary<string, double>> StoryAsync()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            ServerProcess.Dll("ReleaseTracks.Demo"), "--once",
            "--urls", $"http://127.0.0.1:{ServerProcess.FreePort()}", "--app-urls", $"http://127.0.0.1:{ServerProcess.FreePort()}",
        })
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return Step().Matches(output).ToDictionary(
            match => match.Groups["step"].Value,
            match => double.Parse(match.Groups["after"].Value, CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    [GeneratedRegex(@"\+(?<after>[0-9.]+) s\s+(?<step>EVIDENCE|ROLLED BACK|FIRST BACK|VERIFIED)\b")]
    private static partial Regex Step();
}
