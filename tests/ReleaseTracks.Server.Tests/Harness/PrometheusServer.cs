using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A real Prometheus on a free port with a data directory of its own, which outlives restarts.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private const int SignalStop = 19;
    private const int SignalContinue = 18;
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("rt-prometheus-");
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(2) };
    private Process? process;

    public Uri Url { get; } = new($"http://127.0.0.1:{FreePort()}");

    public string ScrapeInterval { get; private init; } = "1s";

    public static Task<PrometheusServer> StartAsync(params MetricsTarget[] targets) => StartAsync("1s", targets);

    public static async Task<PrometheusServer> StartAsync(string scrapeInterval, params MetricsTarget[] targets)
    {
        var server = new PrometheusServer { ScrapeInterval = scrapeInterval };
        await server.RunAsync(targets);
        return server;
    }

    /// <summary>Scrapes addresses such as <c>127.0.0.1:5090</c>, whether somebody answers there or not.</summary>
    public static async Task<PrometheusServer> StartAsync(IReadOnlyList<string> addresses)
    {
        var server = new PrometheusServer();
        await server.RunAsync(addresses);
        return server;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public Task RunAsync(params MetricsTarget[] targets) => RunAsync([.. targets.Select(target => target.Address)]);

    private async Task RunAsync(IReadOnlyList<string> addresses)
    {
        await File.WriteAllTextAsync(ConfigurationPath, Configuration(addresses));
        var start = new ProcessStartInfo("prometheus")
        {
            ArgumentList =
            {
                $"--config.file={ConfigurationPath}",
                $"--storage.tsdb.path={Path.Combine(directory.FullName, "data")}",
                $"--web.listen-address={Url.Authority}",
                "--log.level=error",
            },
        };
        process = Process.Start(start) ?? throw new InvalidOperationException("prometheus did not start");
        await Eventually.TrueAsync("Prometheus ready", IsReadyAsync, seconds: 30);
    }

    /// <summary>Hangs: connections are accepted, nothing answers.</summary>
    public void Freeze() => Signal(SignalStop);

    public void Thaw() => Signal(SignalContinue);

    public async Task KillAsync()
    {
        if (process is null) return;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        http.Dispose();
        directory.Delete(recursive: true);
    }

    private string ConfigurationPath => Path.Combine(directory.FullName, "prometheus.yml");

    private string Configuration(IReadOnlyList<string> addresses) =>
        $"""
        global:
          scrape_interval: {ScrapeInterval}
          scrape_timeout: {ScrapeInterval}
        scrape_configs:
          - job_name: product
            static_configs:
              - targets: [{string.Join(", ", addresses.Select(address => $"'{address}'"))}]
        """;

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int process, int signal);

    private void Signal(int signal)
    {
        if (Kill(process!.Id, signal) != 0) throw new InvalidOperationException("The signal could not be sent.");
    }

    private async Task<bool> IsReadyAsync()
    {
        if (process!.HasExited) throw new InvalidOperationException($"prometheus ended with {process.ExitCode}");
        try
        {
            using var answer = await http.GetAsync(new Uri(Url, "/-/ready"));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
