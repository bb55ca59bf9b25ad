using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Prometheus;

/// <summary>Objectives measured by expressions of the user's own, against a real Prometheus.</summary>
public class CustomSourceTests
{
    private static readonly ObjectiveSource Thumbs = new(null, "thumbs_down_total # their own counter", "answers_total");
    private static readonly ObjectiveSource Broken = new(null, "sum(((", "answers_total");
    private readonly CounterDeltas deltas = new();
    private readonly Dictionary<OutcomeSeries, OutcomeCounts> counted = [];
    private CounterReading last = CounterReading.Unavailable(default, "not read yet");

    [Fact]
    public async Task OwnExpressions_KeepingTheirLabels_AreCountedAndABrokenOneBlindsOnlyItself()
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("summaries", "good", 5);
        Answers(target, 100, 10);
        await using var server = await PrometheusServer.StartAsync(target);
        using var counter = new CountingHandler();
        using var http = new HttpClient(counter);
        CustomSource[] sources =
        [
            new("thumbs", Indicator.Quality, Thumbs, null, TrackKey.Ai),
            new("thumbs-again", Indicator.Quality, Thumbs, "summaries", TrackKey.Ai),
            new("fixed", Indicator.Quality, new("sum by (instance) (answers_total) - sum by (instance) (thumbs_down_total)", null, "sum by (instance) (answers_total)"), "search", TrackKey.Ai),
            new("broken", Indicator.Quality, Broken, null, TrackKey.Ai),
        ];
        var source = new PrometheusOutcomeSource(http, new PrometheusOptions { Url = server.Url }, TimeProvider.System, () => sources);
        await PollUntilAsync(source, () => last.Samples.Count == 7);
        counted.Clear();
        var before = counter.Requests;

        Answers(target, 20, 3);

        var own = new OutcomeSeries("summaries", TrackKey.Ai, "", Indicator.Quality, "thumbs");
        await PollUntilAsync(source, () => counted.GetValueOrDefault(own).Total == 20);
        Assert.Equal(new OutcomeCounts(17, 3), counted[own]);
        Assert.Equal(new OutcomeCounts(17, 3), counted[own with { Objective = "thumbs-again" }]);
        Assert.Equal(new OutcomeCounts(17, 3), counted[own with { Objective = "fixed", Feature = "search" }]);
        Assert.InRange(last.Ages[own.Row].TotalSeconds, 0, 5);
        Assert.Equal(0, (counter.Requests - before) % 7);

        var failed = Assert.Single(last.Sources, read => read.Fault is not null);
        Assert.Equal("broken", failed.Objective);
        Assert.Contains("HTTP 400", failed.Fault, StringComparison.Ordinal);
    }

    private static void Answers(MetricsTarget target, double answers, double down)
    {
        target.Add("answers_total{feature=\"summaries\",track=\"ai\",path=\"/a\"}", answers / 2);
        target.Add("answers_total{feature=\"summaries\",track=\"ai\",path=\"/b\"}", answers / 2);
        target.Add("thumbs_down_total{feature=\"summaries\",track=\"ai\"}", down);
    }

    private Task PollUntilAsync(PrometheusOutcomeSource source, Func<bool> condition) => Eventually.TrueAsync(
        "the expected reading",
        async () =>
        {
            last = await source.ReadAsync(TestContext.Current.CancellationToken);
            foreach (var (series, counts) in deltas.Apply(last).Counts)
            {
                var sum = counted.GetValueOrDefault(series);
                counted[series] = new OutcomeCounts(sum.Good + counts.Good, sum.Bad + counts.Bad);
            }

            return condition();
        });
}
