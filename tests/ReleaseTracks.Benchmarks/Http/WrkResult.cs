using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>What one run of wrk measured. A run with an answer other than 2xx or a socket error is no measurement.</summary>
internal sealed partial record WrkResult(double RequestsPerSecond, string P50, string P99, TimeSpan CpuPerRequest)
{
    /// <summary>One run; <paramref name="cpu"/> says how much CPU time the server has used so far.</summary>
    public static async Task<WrkResult> RunAsync(Uri url, string script, int seconds, Func<TimeSpan> cpu)
    {
        var before = cpu();
        var start = new ProcessStartInfo("wrk", ["-t1", "-c32", $"-d{seconds}s", "--latency", "-s", script, url.ToString()]) { RedirectStandardOutput = true };
        using var wrk = Process.Start(start) ?? throw new InvalidOperationException("wrk did not start");
        var text = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        if (text.Contains("Non-2xx", StringComparison.Ordinal) || text.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException(text);
        return new(
            double.Parse(Rate().Match(text).Groups[1].Value, CultureInfo.InvariantCulture),
            Half().Match(text).Groups[1].Value,
            Most().Match(text).Groups[1].Value,
            (cpu() - before) / double.Parse(Count().Match(text).Groups[1].Value, CultureInfo.InvariantCulture));
    }

    /// <summary>The run in the middle by requests per second.</summary>
    public static WrkResult Median(IReadOnlyCollection<WrkResult> runs) => runs.OrderBy(run => run.RequestsPerSecond).ElementAt(runs.Count / 2);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(\d+) requests in ")]
    private static partial Regex Count();

    [GeneratedRegex(@"^\s+50%\s+(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Half();

    [GeneratedRegex(@"^\s+99%\s+(\S+)$", RegexOptions.Multiline)]
    private static partial Regex Most();
}
