using Prometheus;
using ReleaseTracks.Demo.Hosting;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>The sample product: a small feed with two AI features, as a customer would build it.</summary>
internal static class ProductApp
{
    public static Task<HostedApp> StartAsync(
        DemoOptions options, HttpClient server, HttpClient backend, OutcomeLog outcomes, ServedLog served, TimeProvider time, CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        HostedApp.Prepare(builder, LogLevel.Warning);
        builder.WebHost.UseUrls(options.AppUrls);
        var app = builder.Build();
        var serving = new FeatureServing(new(server), outcomes, served, time);
        new ProductPages(serving, new(backend), new(server)).Map(app);
        app.MapMetrics("/metrics", outcomes.Registry);
        return HostedApp.StartAsync(app, "The sample app", "--app-urls", cancel);
    }
}
