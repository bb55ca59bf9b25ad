using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>
/// A product's metrics endpoint. A restart sets its counters to zero and its process start to now, as a new process
/// would; the address stays.
/// </summary>
internal sealed class MetricsTarget(bool exposesStart = true) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, double> counters = new();
    private readonly int port = PrometheusServer.FreePort();
    private WebApplication? app;
    private double started;

    public string Address => $"127.0.0.1:{port}";

    public static async Task<MetricsTarget> StartAsync(bool exposesStart = true)
    {
        var target = new MetricsTarget(exposesStart);
        await target.RunAsync();
        return target;
    }

    public async Task RunAsync()
    {
        Restart();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{Address}");
        app = builder.Build();
        app.MapGet("/metrics", () => Results.Text(Text(), "text/plain; version=0.0.4"));
        await app.StartAsync();
    }

    public void Restart()
    {
        counters.Clear();
        started = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
    }

    public void Add(string feature, string outcome, double by, string track = "ai", string variant = "on", string indicator = "availability") =>
        Add($"releasetracks_outcomes_total{{feature=\"{feature}\",track=\"{track}\",variant=\"{variant}\",indicator=\"{indicator}\",outcome=\"{outcome}\"}}", by);

    /// <summary>Adds to any series, named as in the text format.</summary>
    public void Add(string series, double by) => counters.AddOrUpdate(series, by, (_, value) => value + by);

    public async Task StopAsync()
    {
        if (app is null) return;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        app = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private string Text()
    {
        var text = new StringBuilder("# TYPE releasetracks_outcomes_total counter\n");
        if (exposesStart) text.Append(CultureInfo.InvariantCulture, $"process_start_time_seconds {started:R}\n");
        foreach (var (series, value) in counters) text.Append(CultureInfo.InvariantCulture, $"{series} {value:R}\n");
        return text.ToString();
    }
}
