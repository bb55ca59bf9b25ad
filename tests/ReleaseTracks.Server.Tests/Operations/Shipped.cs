using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace ReleaseTracks.Server.Tests.Operations;

/// <summary>What is shipped beside the program: dashboards, rules and the files that deploy it.</summary>
internal static partial class Shipped
{
    public static string Root { get; } = RootFrom(Path.GetDirectoryName(Here())!);

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    public static string Read(params string[] parts) => File.ReadAllText(At(parts));

    public static string[] Rules => Directory.GetFiles(At("dashboards", "rules"), "*.yml");

    public static string[] Boards => Directory.GetFiles(At("dashboards", "grafana"), "*.json");

    /// <summary>Every PromQL expression of the dashboards and of the rules, with where it is.</summary>
    public static IEnumerable<(string Where, string PromQl)> Expressions()
    {
        foreach (var board in Boards)
        {
            foreach (var text in Strings(JsonDocument.Parse(File.ReadAllText(board)).RootElement))
                yield return (Path.GetFileName(board), text);
        }

        foreach (var rules in Rules)
        {
            foreach (Match rule in RuleExpression().Matches(File.ReadAllText(rules)))
                yield return (Path.GetFileName(rules), rule.Groups[1].Value);
        }
    }

    /// <summary>Runs a program to its end; both its outputs together.</summary>
    public static async Task<(int Exit, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await error);
    }

    private static IEnumerable<string> Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(one =>
            one.Name is "expr" or "query" or "definition" && one.Value.ValueKind == JsonValueKind.String ? [one.Value.GetString()!] : Strings(one.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Strings),
        _ => [],
    };

    private static string RootFrom(string directory)
    {
        while (!File.Exists(Path.Combine(directory, "ReleaseTracks.sln")))
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests are not in the repository.");
        return directory;
    }

    private static string Here([CallerFilePath] string path = "") =>
        // A deterministic build does not say where its sources were.
        Path.IsPathRooted(path) && File.Exists(path) ? path : Path.Combine(AppContext.BaseDirectory, "here");

    [GeneratedRegex(@"^ +expr: (?:\|\n)?((?:.+\n)(?: {10}.+\n)*)", RegexOptions.Multiline)]
    private static partial Regex RuleExpression();
}
