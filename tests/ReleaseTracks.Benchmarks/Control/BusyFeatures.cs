using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks.Control;

/// <summary>Counters of features that are all in use: 300 events an interval for each variant, most of them good.</summary>
internal sealed class BusyFeatures(int features) : IOutcomeSource
{
    private static readonly Indicator[] Measured = [Indicator.Availability, Indicator.Quality, Indicator.Harm];
    private static readonly Dictionary<string, DateTimeOffset> Starts = new() { ["product"] = DateTimeOffset.UnixEpoch };
    private readonly string[] keys = [.. Enumerable.Range(0, features).Select(Key)];
    private long round;

    public static string Key(int i) => string.Create(CultureInfo.InvariantCulture, $"feature-{i}");

    public ValueTask<CounterReading> ReadAsync(CancellationToken cancellationToken) => new(Read());

    public CounterReading Read()
    {
        round++;
        var samples = new List<CounterSample>(keys.Length * 12);
        var ages = new Dictionary<MeasuredRow, TimeSpan>();
        foreach (var key in keys)
        {
            foreach (var indicator in Measured)
            {
                Add(samples, new(key, TrackKey.Ai, "on", indicator));
                Add(samples, new(key, TrackKey.Ai, "off", indicator));
                ages[new(key, TrackKey.Ai, indicator)] = TimeSpan.FromSeconds(3);
            }
        }

        return new() { Status = ReadingStatus.Ok, At = DateTimeOffset.UnixEpoch.AddSeconds(15 * round), Samples = samples, Ages = ages, ProcessStarts = Starts };
    }

    private void Add(List<CounterSample> samples, OutcomeSeries series)
    {
        samples.Add(new(series, false, "product", series.Indicator == Indicator.Harm ? 0 : 300 * round));
        samples.Add(new(series, true, "product", series.Indicator == Indicator.Harm ? 0 : round));
    }
}
