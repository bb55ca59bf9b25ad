using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using ReleaseTracks.Client.Objectives;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Objectives;

/// <summary>Outcomes on their way out: a server that stays away, and OpenTelemetry's own SDK and exporter.</summary>
public sealed partial class OutcomeDeliveryTests
{
    private const string Feature = "otel-replies";

    [Fact]
    public async Task Report_WithoutTheServerForLong_DropsTheOldestSaysSoOnceAndBlocksNobody()
    {
        var time = FakeClock.At();
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await using var proxy = new Proxy(server.Url);
        await using var app = await ClientApp.StartAsync(proxy.Address, TestServer.BootstrapToken, new() { Time = time });
        var served = app.Evaluator.Evaluate("smart-replies", null);
        Assert.NotNull(served);
        proxy.Lead(null);

        // Each recorded event is waited for until it stands in a batch of its own or was dropped: as many as ever were.
        const int most = OutcomeReporter.MostBatches;
        var recorded = 0;
        await time.RunUntilAsync(
            () =>
            {
                app.Outcomes.Record(served, Indicator.Quality, good: true);
                recorded++;
                return Dropped(app) >= 20;
            },
            "outcomes are dropped");

        Assert.True(recorded > most, $"{recorded} recorded, of which {most} batches could have been kept");
        Assert.Single(app.Log.Lines, line => line.Contains($"More than {most} reports wait", StringComparison.Ordinal));
        proxy.Lead(server.Url);
        // What was kept arrives, and with what was dropped it is all there was: nothing is lost uncounted.
        await time.RunUntilAsync(() => Counted(server) + Dropped(app) == recorded, "the rest is counted");
        Assert.InRange(Counted(server), 1, recorded - 20);
        Assert.Single(app.Log.Lines, line => line.Contains($"More than {most} reports wait", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counters_OfOpenTelemetry_AreThereAtZeroUnderTheContractsName()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("smart-replies", Feature, StringComparison.Ordinal));
        using var meters = Sdk.CreateMeterProviderBuilder().AddMeter("ReleaseTracks").AddPrometheusExporter().Build();
        await using var app = await ClientApp.StartAsync(server, TestServer.BootstrapToken, new()
        {
            Options = client => client.Outcomes = OutcomeDelivery.OpenTelemetry,
            App = app => app.UseOpenTelemetryPrometheusScrapingEndpoint(meters, null, "/metrics", null, null),
        });

        var before = await ScrapeAsync(app);
        app.Outcomes.Record(app.Evaluator.Evaluate(Feature, null), Indicator.Quality, good: false);

        string[] expected =
        [
            .. from pair in new[] { ("ai", "on"), ("ai", "off"), ("stable", "off"), ("innovative", "off") }
               from indicator in new[] { "availability", "latency", "quality" }
               from outcome in new[] { "good", "bad" }
               select $"{pair.Item1} {pair.Item2} {indicator} {outcome}",
        ];
        Assert.Equal(expected.Order(StringComparer.Ordinal), before.Keys.Order(StringComparer.Ordinal));
        Assert.All(before.Values, value => Assert.Equal(0, value));
        // The exporter may answer from a scrape of a moment ago.
        await Eventually.TrueAsync(async () => (await ScrapeAsync(app))["stable off quality bad"] == 1, "the bad outcome is scraped", ClientApp.Bound);
    }

    /// <summary>The series of this test's feature by their labels: other apps in this process have the same meter.</summary>
    private static async Task<Dictionary<string, double>> ScrapeAsync(ClientApp app)
    {
        using var answer = await app.GetAsync("/metrics");
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return Series().Matches(text).Select(series => (Labels: Label().Matches(series.Groups[1].Value).ToDictionary(label => label.Groups[1].Value, label => label.Groups[2].Value), Value: series.Groups[2].Value))
            .Where(series => series.Labels["feature"] == Feature)
            .ToDictionary(
                series => $"{series.Labels["track"]} {series.Labels["variant"]} {series.Labels["indicator"]} {series.Labels["outcome"]}",
                series => double.Parse(series.Value, System.Globalization.CultureInfo.InvariantCulture));
    }

    private static long Dropped(ClientApp app)
    {
        var (factory, dropped) = (app.Services.GetService(typeof(IMeterFactory)), 0L);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "releasetracks.client.outcomes.dropped" && ReferenceEquals(instrument.Meter.Scope, factory))
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) => dropped += tags[0].Value is "overflow" ? value : 0);
        listener.Start();
        listener.RecordObservableInstruments();
        return dropped;
    }

    private static long Counted(TestServer server)
    {
        var text = server.Admin.GetStringAsync("/metrics", TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        const string series = "releasetracks_outcomes_total{feature=\"smart-replies\",track=\"stable\",variant=\"off\",indicator=\"quality\",outcome=\"good\"} ";
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(series, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[series.Length..], System.Globalization.CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^releasetracks_outcomes_total\{(.*)\} (\S+)", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex(@"([a-z_]+)=""([^""]*)""")]
    private static partial Regex Label();
}
