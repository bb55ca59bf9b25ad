using System.Diagnostics;
using System.Text.Json;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A real Alertmanager on a free port, which passes on what it is told, resolved alerts included, to a webhook.</summary>
internal sealed class AlertmanagerServer : IAsyncDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("rt-alertmanager-");
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private Process? process;

    public Uri Url { get; } = new($"http://127.0.0.1:{PrometheusServer.FreePort()}");

    public static async Task<AlertmanagerServer> StartAsync(string webhook)
    {
        var server = new AlertmanagerServer();
        await server.RunAsync(webhook);
        return server;
    }

    /// <summary>What holds by its own account.</summary>
    public async Task<IReadOnlyList<JsonElement>> AlertsAsync() =>
        [.. JsonElement.Parse(await http.GetStringAsync(new Uri(Url, "/api/v2/alerts"), TestContext.Current.CancellationToken)).EnumerateArray()];

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            if (!process.HasExited)
                process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        http.Dispose();
        directory.Delete(recursive: true);
    }

    private async Task RunAsync(string webhook)
    {
        var configuration = Path.Combine(directory.FullName, "alertmanager.yml");
        await File.WriteAllTextAsync(configuration, $"""
            route:
              receiver: test
              group_by: ['...']
              group_wait: 0s
              group_interval: 1s
              repeat_interval: 1h
            receivers:
              - name: test
                webhook_configs:
                  - url: {webhook}
                    send_resolved: true
            """);
        var start = new ProcessStartInfo(
            "prometheus-alertmanager",
            [
                $"--config.file={configuration}", $"--storage.path={Path.Combine(directory.FullName, "data")}", $"--web.listen-address={Url.Authority}",
                "--cluster.listen-address=", "--log.level=error",
            ]);
        process = Process.Start(start) ?? throw new InvalidOperationException("prometheus-alertmanager did not start");
        await Eventually.TrueAsync("Alertmanager ready", IsReadyAsync, seconds: 60);
    }

    private async Task<bool> IsReadyAsync()
    {
        if (process!.HasExited)
            throw new InvalidOperationException($"prometheus-alertmanager ended with {process.ExitCode}");
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
