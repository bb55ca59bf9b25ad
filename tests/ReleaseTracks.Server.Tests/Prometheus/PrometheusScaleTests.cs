using System.Diagnostics;
using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Prometheus;

/// <summary>Two thousand features with four indicators and two outcomes each: 16,000 series in one reading. Raise the number to measure.</summary>
public class PrometheusScaleTests
{
    private const int Features = 2_000;

    [Fact]
    public async Task Reading_OfThousandsOfFeatures_IsWhole()
    {
        await using var target = await MetricsTarget.StartAsync();
        for (var feature = 0; feature < Features; feature++)
        {
            foreach (var indicator in Indicators.All)
            {
                target.Add("feature-" + feature, "good", 1000 + feature, indicator: indicator.Wire());
                target.Add("feature-" + feature, "bad", feature % 7, indicator: indicator.Wire());
            }
        }

        await using var server = await PrometheusServer.StartAsync("15s", target);
        using var http = PrometheusServices.CreateHttpClient();
        var source = new PrometheusOutcomeSource(
            http, new PrometheusOptions { Url = server.Url, Timeout = TimeSpan.FromSeconds(30) }, TimeProvider.System);
        CounterReading reading = CounterReading.Unavailable(default, "");
        await Eventually.TrueAsync(
            "all series scraped",
            async () => (reading = await source.ReadAsync(TestContext.Current.CancellationToken)).Samples.Count == Features * 8,
            seconds: 60);

        var deltas = new CounterDeltas();
        deltas.Apply(reading);
        var read = await MedianAsync(async () => reading = await source.ReadAsync(TestContext.Current.CancellationToken));
        var applied = await MedianAsync(() => Task.FromResult(deltas.Apply(reading)));
        var state = deltas.Write();
        var answer = await http.GetByteArrayAsync(
            new Uri(server.Url, "/api/v1/query?query=" + Uri.EscapeDataString(PrometheusQueries.Outcomes)), TestContext.Current.CancellationToken);
        var parsed = await MedianAsync(() => Task.FromResult(Parse(answer)));
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"read {read.TotalMilliseconds:0} ms, of which parsing {parsed.TotalMilliseconds:0} ms ({answer.Length / 1024} kB), deltas {applied.TotalMilliseconds:0} ms, state {state.Length / 1024} kB");

        Assert.Equal(Features * 8, reading.Samples.Count);
        Assert.Equal(Features * 4, reading.Ages.Count);
    }

    private static OutcomeRows Parse(byte[] answer)
    {
        var rows = new OutcomeRows();
        var reader = new Utf8JsonReader(answer);
        new VectorParser(rows.Add).Read(ref reader);
        return rows;
    }

    private static async Task<TimeSpan> MedianAsync(Func<Task> action)
    {
        var times = new List<TimeSpan>();
        for (var run = 0; run < 5; run++)
        {
            var began = Stopwatch.GetTimestamp();
            await action();
            times.Add(Stopwatch.GetElapsedTime(began));
        }

        return times.Order().ElementAt(2);
    }
}
