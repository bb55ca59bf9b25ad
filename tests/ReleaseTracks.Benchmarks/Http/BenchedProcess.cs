using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>A server in a process of its own on a free port; it ends with this object.</summary>
internal sealed class BenchedProcess : IAsyncDisposable
{
    private readonly Process process;

    private BenchedProcess(Process process, Uri url)
    {
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    /// <param name="assembly">The .dll to run; its runtime settings are read from beside it.</param>
    /// <param name="arguments">What it is told besides its address.</param>
    public static async Task<BenchedProcess> StartAsync(string assembly, params string[] arguments)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet", [assembly, .. arguments, "--urls", url.ToString()]) { RedirectStandardOutput = true };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{assembly} did not start");
        process.BeginOutputReadLine();
        var started = new BenchedProcess(process, url);
        await started.AnswersAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private async Task AnswersAsync()
    {
        using var client = new HttpClient { BaseAddress = Url };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/healthz/ready", UriKind.Relative));
                return;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60) && !process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }
}
