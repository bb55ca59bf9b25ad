using System.Diagnostics;
using System.Globalization;
using System.Text;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Demo;

/// <summary>The built demo as a process of its own, on free ports; killed if it is still there in the end.</summary>
internal sealed class DemoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);
    private readonly StringBuilder lines = new();
    private readonly Process process;

    private DemoProcess(Process process) => this.process = process;

    /// <summary>Everything it has said so far.</summary>
    public string Story
    {
        get
        {
            lock (lines)
                return lines.ToString();
        }
    }

    public static DemoProcess Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] ports = arguments.Contains("--urls") ? [] : ["--urls", "http://127.0.0.1:0"];
        string[] appPorts = arguments.Contains("--app-urls") ? [] : ["--app-urls", "http://127.0.0.1:0"];
        foreach (var argument in (string[])[Program, .. ports, .. appPorts, .. arguments])
            start.ArgumentList.Add(argument);
        var demo = new DemoProcess(Process.Start(start)!);
        demo.process.OutputDataReceived += demo.Read;
        demo.process.ErrorDataReceived += demo.Read;
        demo.process.BeginOutputReadLine();
        demo.process.BeginErrorReadLine();
        return demo;
    }

    public static async Task<(int ExitCode, string Story)> RunAsync(params string[] arguments)
    {
        await using var demo = Start(arguments);
        return (await demo.ExitAsync(), demo.Story);
    }

    public Task SaysAsync(string text) => Eventually.TrueAsync(() => Story.Contains(text, StringComparison.Ordinal), $"\"{text}\" in:\n{Story}", Bound);

    public async Task<int> ExitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        // The demo's own bound, and a little for starting and stopping.
        limit.CancelAfter(Bound + TimeSpan.FromSeconds(15));
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    /// <summary>As Ctrl+C, but SIGTERM: a program that a shell started in the background ignores SIGINT.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Next to the tests: artifacts/bin/{project}/{configuration}.</summary>
    private static string Program
    {
        get
        {
            var here = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
            return Path.Combine(here.Parent!.Parent!.FullName, "ReleaseTracks.Demo", here.Name, "ReleaseTracks.Demo.dll");
        }
    }

    private void Read(object sender, DataReceivedEventArgs line)
    {
        lock (lines)
            lines.AppendLine(line.Data);
    }
}
