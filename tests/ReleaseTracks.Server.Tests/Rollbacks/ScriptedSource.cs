using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>An outcome source that answers what a test says, faults included. It counts up like the store's own.</summary>
internal sealed class ScriptedSource(TimeProvider time) : IOutcomeSource
{
    private const string Instance = "store";
    private readonly Dictionary<OutcomeSeries, (double Good, double Bad)> counters = [];
    private readonly Dictionary<MeasuredRow, DateTimeOffset> reported = [];

    /// <summary>Turns the honest answer into what is to be seen instead.</summary>
    public Func<CounterReading, CounterReading> Distort { get; set; } = reading => reading;

    public void Add(string feature, TrackKey track, string variant, long good, long bad, Indicator indicator = Indicator.Availability)
    {
        var series = new OutcomeSeries(feature, track, variant, indicator);
        var before = counters.GetValueOrDefault(series);
        counters[series] = (before.Good + good, before.Bad + bad);
        reported[series.Row] = time.GetUtcNow();
    }

    public void Forget() => counters.Clear();

    public ValueTask<CounterReading> ReadAsync(CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        return ValueTask.FromResult(Distort(new()
        {
            Status = ReadingStatus.Ok,
            At = at,
            Samples =
            [
                .. counters.Select(one => new CounterSample(one.Key, false, Instance, one.Value.Good)),
                .. counters.Select(one => new CounterSample(one.Key, true, Instance, one.Value.Bad)),
            ],
            Ages = reported.ToDictionary(one => one.Key, one => at - one.Value),
            ProcessStarts = new Dictionary<string, DateTimeOffset> { [Instance] = DateTimeOffset.UnixEpoch },
        }));
    }

    public void Hang() => Distort = reading => CounterReading.Unavailable(reading.At, "no answer within 5 s");

    public void AnswerPartly() => Distort = reading => reading with { Status = ReadingStatus.Partial, Fault = "warnings: half of it is missing" };

    public void AnswerGarbage() => Distort = reading => reading with
    {
        Samples = [.. reading.Samples.Select(sample => sample with { Value = double.NaN })],
    };

    public void Recover() => Distort = reading => reading;
}
