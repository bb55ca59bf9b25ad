using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Objectives;

/// <summary>Builds readings of the standard counter.</summary>
internal static class Readings
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly OutcomeSeries Summary = new("summaries", TrackKey.Ai, "on", Indicator.Availability);

    public static DateTimeOffset At(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    public static CounterSample Good(double value, string instance = "a") => new(Summary, false, instance, value);

    public static CounterSample Bad(double value, string instance = "a") => new(Summary, true, instance, value);

    public static CounterReading Ok(double seconds, params CounterSample[] samples) =>
        new() { Status = ReadingStatus.Ok, At = At(seconds), Samples = samples };

    public static CounterReading StartedAt(this CounterReading reading, double seconds, string instance = "a") =>
        reading with { ProcessStarts = new Dictionary<string, DateTimeOffset>(reading.ProcessStarts) { [instance] = At(seconds) } };

    public static OutcomeCounts CountsOf(this CounterDeltas deltas, CounterReading reading) =>
        deltas.Apply(reading).Counts.GetValueOrDefault(Summary);
}
