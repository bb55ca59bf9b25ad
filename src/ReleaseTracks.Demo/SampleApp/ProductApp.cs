using Prometheus;
using ReleaseTracks.Client;
using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Client.Objectives;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Demo.Hosting;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>The sample product: a small feed with two AI features, as a customer would build it.</summary>
internal static class ProductApp
{
    private static readonly TimeSpan InTime = TimeSpan.FromMilliseconds(400);

    public static Task<HostedApp> StartAsync(
        DemoOptions options, HttpClient server, string key, HttpClient backend, ServedLog served, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        HostedApp.Prepare(builder, LogLevel.Warning);
        builder.WebHost.UseUrls(options.AppUrls);
        builder.Services.AddReleaseTracks(tracks =>
        {
            tracks.Endpoint = server.BaseAddress;
            tracks.Key = key;
            tracks.User = Reader.Of;
            tracks.InTime = InTime;
            // Scraped or reported, never both.
            tracks.Outcomes = options.Prometheus is null ? OutcomeDelivery.Report : OutcomeDelivery.PrometheusNet;
            // The demo leaves nothing behind.
            tracks.SnapshotPath = "";
        });
        var app = builder.Build();
        var serving = new FeatureServing(app.Services.GetRequiredService<ITrackEvaluator>(), app.Services.GetRequiredService<IOutcomes>(), served);
        new ProductPages(serving, new(backend), app.Services.GetRequiredService<ITrackUsers>()).Map(app);
        MapMetrics(app);
        app.MapHealthChecks("/healthz/ready");
        return HostedApp.StartAsync(app, "The sample app", "--app-urls", cancel);
    }

    /// <summary>The process also hosts the server, which has metrics of its own: hence a registry, and this app's meter only.</summary>
    private static void MapMetrics(WebApplication app)
    {
        var registry = Metrics.NewCustomRegistry();
        DotNetStats.Register(registry);
        var adapter = MeterAdapter.StartListening(new MeterAdapterOptions
        {
            Registry = registry,
            MetricFactory = Metrics.WithCustomRegistry(registry),
            InstrumentFilterPredicate = instrument => instrument.Meter.Name == "ReleaseTracks",
        });
        app.Lifetime.ApplicationStopped.Register(adapter.Dispose);
        app.MapMetrics("/metrics", registry);
    }
}
