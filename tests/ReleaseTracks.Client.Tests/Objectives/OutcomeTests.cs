using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Prometheus;
using ReleaseTracks.Client.Objectives;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Objectives;

/// <summary>Outcomes from the app to the real server, and to a scraper.</summary>
public sealed class OutcomeTests : IAsyncLifetime
{
    private TestServer server = null!;
    private Proxy proxy = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        proxy = new(server.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Report_WhoseAnswersAreLost_IsSentAgainAndCountsOnce()
    {
        await using var app = await ClientApp.StartAsync(proxy.Address, TestServer.BootstrapToken);
        var served = await app.Evaluator.EvaluateAsync("smart-replies", "ada", null);
        proxy.LoseAnswers(true);
        proxy.Cut();
        for (var i = 0; i < 30; i++)
            app.Outcomes.Record(served, Indicator.Quality, good: i % 3 != 0);

        // The server has counted; the app does not know, and goes on trying.
        await Eventually.TrueAsync(async () => await CountAsync("on", "quality", "good") == 20, "the server counted", ClientApp.Bound);
        var accepted = proxy.Accepted;
        await Eventually.TrueAsync(() => proxy.Accepted > accepted + 2, "it is sent again", ClientApp.Bound);
        proxy.LoseAnswers(false);
        app.Outcomes.Record(served, Indicator.Quality, good: true);

        await Eventually.TrueAsync(async () => await CountAsync("on", "quality", "good") == 21, "the next is counted", ClientApp.Bound);
        Assert.Equal(10, await CountAsync("on", "quality", "bad"));
    }

    [Fact]
    public async Task Report_WithRowsOfAnArchivedFeature_KeepsTheOthers()
    {
        await server.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("smart-replies", "gone", StringComparison.Ordinal));
        await using var app = await ClientApp.StartAsync(proxy.Address, TestServer.BootstrapToken);
        var (gone, stays) = (await app.Evaluator.EvaluateAsync("gone", "ada", null), await app.Evaluator.EvaluateAsync("smart-replies", "ada", null));
        await server.ApplyAsync("""[{"op":"feature.archive","feature":"gone"}]""");

        app.Outcomes.Record(gone, Indicator.Availability, good: false);
        app.Outcomes.Record(stays, Indicator.Availability, good: true);

        await Eventually.TrueAsync(async () => await CountAsync("on", "availability", "good") == 1, "the other is counted", ClientApp.Bound);
        await Eventually.TrueAsync(() => app.Log.Contains("did not take 1 outcomes"), "the loss is told", ClientApp.Bound);
    }

    [Fact]
    public async Task Report_AtTheEndOfTheApp_IsSent()
    {
        await using (var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, new() { Options = client => client.ReportEvery = TimeSpan.FromHours(1) }))
            app.Outcomes.Record(await app.Evaluator.EvaluateAsync("smart-replies", "ada", null), Indicator.Availability, good: true);

        Assert.Equal(1, await CountAsync("on", "availability", "good"));
    }

    [Fact]
    public async Task Call_Slow_IsBadLatencyOnly()
    {
        var time = FakeClock.At();
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, new() { Time = time, Options = client => client.InTimeFor["smart-replies"] = TimeSpan.FromSeconds(2) });
        var served = app.Evaluator.Evaluate("smart-replies", null);
        Task<int> Call(double seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            return Task.FromResult(1);
        }

        await app.Outcomes.TrackAsync(served, () => Call(2.5), TestContext.Current.CancellationToken);
        await app.Outcomes.TrackAsync(served, () => Call(1.5), TestContext.Current.CancellationToken);

        await time.RunUntilAsync(() => CountAsync("off", "latency", "good", "stable").GetAwaiter().GetResult() == 1, "counted");
        Assert.Equal(1, await CountAsync("off", "latency", "bad", "stable"));
        Assert.Equal(2, await CountAsync("off", "availability", "good", "stable"));
        Assert.Equal(0, await CountAsync("off", "availability", "bad", "stable"));
    }

    [Fact]
    public async Task Call_WhoseCallerLeft_IsNotCounted()
    {
        await using var app = await PrometheusAppAsync();
        using var left = new CancellationTokenSource();
        await left.CancelAsync();
        var served = app.Evaluator.Evaluate("smart-replies", null);

        await Assert.ThrowsAsync<OperationCanceledException>(() => app.Outcomes.TrackAsync<int>(served, () => throw new OperationCanceledException(), left.Token));
        await Assert.ThrowsAsync<OperationCanceledException>(() => app.Outcomes.TrackAsync<int>(served, () => throw new OperationCanceledException(), TestContext.Current.CancellationToken));

        var text = await ScrapeAsync(app);
        Assert.Contains("""releasetracks_outcomes_total{feature="smart-replies",indicator="availability",outcome="bad",track="stable",variant="off"} 1""", text);
    }

    [Fact]
    public async Task Counters_OfPrometheusNet_AreThereAtZeroUnderTheContractsName()
    {
        await using var app = await PrometheusAppAsync();

        var text = await ScrapeAsync(app);

        foreach (var (track, variant) in new[] { ("ai", "on"), ("ai", "off"), ("stable", "off"), ("innovative", "off") })
        {
            foreach (var indicator in new[] { "availability", "latency", "quality" })
            {
                foreach (var outcome in new[] { "good", "bad" })
                    Assert.Contains($"releasetracks_outcomes_total{{feature=\"smart-replies\",indicator=\"{indicator}\",outcome=\"{outcome}\",track=\"{track}\",variant=\"{variant}\"}} 0", text);
            }
        }

        Assert.Equal(0, await CountAsync("on", "availability", "good"));
    }

    [Fact]
    public async Task Endpoint_ThatServesAFeature_IsCountedByItsAnswer()
    {
        await using var app = await PrometheusAppAsync();
        foreach (var path in new[] { "/ok", "/ok", "/missing", "/broken", "/thrown", "/unmarked" })
            (await app.GetAsync(path, "ada")).Dispose();
        (await app.GetAsync("/ok", "bea")).Dispose();

        var text = await ScrapeAsync(app);

        Assert.Contains("""releasetracks_outcomes_total{feature="smart-replies",indicator="availability",outcome="good",track="ai",variant="on"} 3""", text);
        Assert.Contains("""releasetracks_outcomes_total{feature="smart-replies",indicator="availability",outcome="bad",track="ai",variant="on"} 2""", text);
        Assert.Contains("""releasetracks_outcomes_total{feature="smart-replies",indicator="latency",outcome="good",track="ai",variant="on"} 3""", text);
        Assert.Contains("""releasetracks_outcomes_total{feature="smart-replies",indicator="availability",outcome="good",track="stable",variant="off"} 1""", text);
    }

    private static async Task<string> ScrapeAsync(ClientApp app)
    {
        using var answer = await app.GetAsync("/metrics");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private Task<ClientApp> PrometheusAppAsync()
    {
        var registry = Metrics.NewCustomRegistry();
        // Meters of other tests in this process have the same name; only those of this app are wanted.
        var adapter = (IDisposable?)null;
        return ClientApp.StartAsync(server, TestServer.BootstrapToken, new()
        {
            Options = client => client.Outcomes = OutcomeDelivery.PrometheusNet,
            App = app =>
            {
                var factory = app.Services.GetService(typeof(System.Diagnostics.Metrics.IMeterFactory));
                adapter = MeterAdapter.StartListening(new MeterAdapterOptions
                {
                    Registry = registry,
                    MetricFactory = Metrics.WithCustomRegistry(registry),
                    InstrumentFilterPredicate = instrument => instrument.Meter.Name == "ReleaseTracks" && ReferenceEquals(instrument.Meter.Scope, factory),
                });
                app.Lifetime.ApplicationStopped.Register(() => adapter.Dispose());
                app.Use(async (http, next) =>
                {
                    try
                    {
                        await next(http);
                    }
                    catch (InvalidOperationException)
                    {
                        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
                    }
                });
                app.UseReleaseTracks();
                app.MapGet("/ok", () => "ok").WithFeature("smart-replies");
                app.MapGet("/missing", () => Results.NotFound()).WithFeature("smart-replies");
                app.MapGet("/broken", () => Results.StatusCode(503)).WithFeature("smart-replies");
                app.MapGet("/thrown", string () => throw new InvalidOperationException("model")).WithFeature("smart-replies").WithFeature("unknown");
                app.MapGet("/unmarked", () => "ok");
                app.MapMetrics("/metrics", registry);
            },
        });
    }

    private async Task<long> CountAsync(string variant, string indicator, string outcome, string track = "ai")
    {
        var text = await server.Admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var series = $"releasetracks_outcomes_total{{feature=\"smart-replies\",track=\"{track}\",variant=\"{variant}\",indicator=\"{indicator}\",outcome=\"{outcome}\"}} ";
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[series.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
