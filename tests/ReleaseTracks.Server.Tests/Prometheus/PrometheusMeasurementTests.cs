using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Prometheus;

/// <summary>A real Prometheus scrapes real targets; what we count must be what happened.</summary>
public class PrometheusMeasurementTests
{
    private static readonly OutcomeSeries Summary = new("summaries", TrackKey.Ai, "on", Indicator.Availability);
    private readonly CounterDeltas deltas = new();
    private (long Good, long Bad) counted;
    private CounterReading last = CounterReading.Unavailable(default, "not read yet");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Traffic_OverSeveralPolls_IsCountedExactly()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 1000);
        target.Add("summaries", "bad", 0);
        await using var server = await PrometheusServer.StartAsync(target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = Source(http, server.Url);
        await BeginAsync(source, 2);

        for (var round = 0; round < 5; round++)
        {
            target.Add("summaries", "good", 97);
            target.Add("summaries", "bad", 3);
            await PollAsync(source);
        }

        await PollUntilAsync(source, () => counted == (485, 15));
        Assert.InRange(last.Ages[Summary.Row].TotalSeconds, 0, 5);
        Assert.Equal(TimeProvider.System.GetUtcNow(), last.ProcessStarts[target.Address], TimeSpan.FromMinutes(1));
        Assert.Equal(["127.0.0.1"], last.ProcessStarts.Keys.Select(key => key.Split(':')[0]));
    }

    [Fact]
    public async Task BadSeries_CreatedByItsFirstErrors_CountsInFull()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 1000);
        await using var server = await PrometheusServer.StartAsync(target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = Source(http, server.Url);
        await BeginAsync(source, 1);
        Assert.NotNull(Classify().Warning);

        target.Add("summaries", "bad", 7);

        await PollUntilAsync(source, () => counted == (0, 7));
        Assert.Null(Classify().Warning);
    }

    [Fact]
    public async Task Target_Restarted_CountsFromZeroEvenWhenItOvertakes()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 100);
        target.Add("summaries", "bad", 2);
        await using var server = await PrometheusServer.StartAsync(target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = Source(http, server.Url);
        await BeginAsync(source, 2);
        var firstStart = last.ProcessStarts[target.Address];
        await Eventually.TrueAsync(
            "a second later, beyond the jitter of start times",
            () => Task.FromResult(TimeProvider.System.GetUtcNow() - firstStart > TimeSpan.FromSeconds(1.5)));

        target.Restart();
        target.Add("summaries", "good", 400);
        target.Add("summaries", "bad", 1);

        await PollUntilAsync(source, () => counted == (400, 1));
    }

    [Fact]
    public async Task Target_StartedLater_CountsInFullWhenItsStartIsKnown()
    {
        await using var old = await MetricsTarget.StartAsync();
        await using var young = new MetricsTarget();
        old.Add("summaries", "good", 500);
        await using var server = await PrometheusServer.StartAsync(old, young);
        using var http = PrometheusServices.CreateHttpClient();
        var source = Source(http, server.Url);
        await BeginAsync(source, 1);

        await young.RunAsync();
        young.Add("summaries", "good", 30);
        young.Add("summaries", "bad", 4);

        await PollUntilAsync(source, () => counted == (30, 4));
    }

    [Fact]
    public async Task Target_Gone_HasNoRowAndReturnsWithoutLoss()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 100);
        await using var server = await PrometheusServer.StartAsync(target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = Source(http, server.Url);
        await BeginAsync(source, 1);

        await target.StopAsync();
        await PollUntilAsync(source, () => last.Status == ReadingStatus.Ok && last.Samples.Count == 0);
        Assert.Equal(Freshness.NoData, Classify().Freshness);

        await target.RunAsync();
        target.Add("summaries", "good", 12);
        await PollUntilAsync(source, () => counted == (12, 0));
    }

    [Fact]
    public async Task Prometheus_ThatNoLongerScrapes_IsStaleByTheAgeOfItsData()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 100);
        await using var server = await PrometheusServer.StartAsync(target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = Source(http, server.Url);
        await BeginAsync(source, 1);

        // Killed, it leaves no staleness marks behind, and answers from old data after its start.
        await server.KillAsync();
        await server.RunAsync();

        await PollUntilAsync(source, () => last.Ages.TryGetValue(Summary.Row, out var age) && age > TimeSpan.FromSeconds(3));
        Assert.Equal(Freshness.Stale, Classify().Freshness);
    }

    [Fact]
    public async Task Prometheus_Hanging_IsUnavailableWithinTheTimeoutAndLosesNothing()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 100);
        await using var server = await PrometheusServer.StartAsync(target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = new PrometheusOutcomeSource(
            http, new PrometheusOptions { Url = server.Url, Timeout = TimeSpan.FromSeconds(1) }, TimeProvider.System);
        await BeginAsync(source, 1);

        server.Freeze();
        var began = TimeProvider.System.GetTimestamp();
        await PollAsync(source);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0.9, 30);
        Assert.Equal(ReadingStatus.Unavailable, last.Status);
        Assert.EndsWith("did not answer within 1s", last.Fault, StringComparison.Ordinal);
        Assert.Equal(Freshness.Unavailable, Classify().Freshness);

        target.Add("summaries", "good", 33);
        server.Thaw();
        await PollUntilAsync(source, () => counted == (33, 0));
    }

    [Fact]
    public async Task Prometheus_Killed_IsUnavailable()
    {
        await using var server = await PrometheusServer.StartAsync();
        await server.KillAsync();
        using var http = PrometheusServices.CreateHttpClient();

        await PollAsync(Source(http, server.Url));

        Assert.Equal(ReadingStatus.Unavailable, last.Status);
        Assert.Contains("cannot be reached", last.Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    public async Task Queries_AreAsManyForAnyNumberOfFeatures(int features)
    {
        await using var target = await MetricsTarget.StartAsync();
        for (var feature = 0; feature < features; feature++) target.Add("feature-" + feature, "good", 1);
        await using var server = await PrometheusServer.StartAsync(target);
        using var counter = new CountingHandler();
        using var http = new HttpClient(counter);
        var source = Source(http, server.Url);
        await BeginAsync(source, features);
        var before = counter.Requests;

        await PollAsync(source);

        Assert.Equal(4, counter.Requests - before);
        Assert.Equal(features, last.Samples.Count);
    }

    private static PrometheusOutcomeSource Source(HttpClient http, Uri url) =>
        new(http, new PrometheusOptions { Url = url }, TimeProvider.System);

    /// <summary>Polls until the targets have been scraped, and counts from there.</summary>
    private async Task BeginAsync(PrometheusOutcomeSource source, int samples)
    {
        await PollUntilAsync(source, () => last.Samples.Count == samples);
        counted = default;
    }

    private async Task PollAsync(PrometheusOutcomeSource source)
    {
        last = await source.ReadAsync(Cancel);
        var counts = deltas.Apply(last).Counts.GetValueOrDefault(Summary);
        counted = (counted.Good + counts.Good, counted.Bad + counts.Bad);
    }

    private Task PollUntilAsync(PrometheusOutcomeSource source, Func<bool> condition) => Eventually.TrueAsync(
        "the expected reading",
        async () =>
        {
            await PollAsync(source);
            return condition();
        });

    private RowMeasurement Classify() => MeasurementClassifier.Classify(
        last, deltas.Apply(last), [Summary.Row], MeasurementClassifier.StaleAfter(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)))[Summary.Row];
}
