namespace ReleaseTracks.Objectives;

/// <summary>Events per series since the last good reading (only series that had any), and what was ignored.</summary>
public sealed record DeltaResult(IReadOnlyDictionary<OutcomeSeries, OutcomeCounts> Counts, IReadOnlyList<string> Diagnostics)
{
    /// <summary>Source and instance of what was shown as it had been before, and therefore not looked at.</summary>
    public IReadOnlySet<(string Source, string Instance)> Behind { get; init; } = new HashSet<(string, string)>();

    public static DeltaResult Nothing { get; } = new(new Dictionary<OutcomeSeries, OutcomeCounts>(), []);
}

/// <summary>
/// Turns cumulative counters into events per interval so that every event is counted once: whatever was not
/// yet counted (a missed poll, a fraction, bad events that run ahead of their total) stays for the next interval.
/// Lost for good are only increments between the last poll and a restart, which nobody has seen. A process without
/// a known start time that restarts and overtakes its old count within one interval is undercounted, never overcounted.
/// </summary>
public sealed class CounterDeltas
{
    /// <summary>An instance absent from good readings this long is forgotten; should it return, it is a baseline.</summary>
    public static readonly TimeSpan ForgetInstanceAfter = TimeSpan.FromDays(1);

    /// <summary>
    /// A process younger than the last poll minus this was not scraped by then, so all it counted is new. Covers one
    /// scrape interval and the clocks' difference.
    /// </summary>
    public static readonly TimeSpan StartGrace = TimeSpan.FromMinutes(1);

    // Sums of decimal fractions such as 0.1 fall a hair short of the whole number.
    private const double Hair = 1e-6;

    internal Dictionary<string, SourceCounters> Sources { get; } = [];

    internal Dictionary<OutcomeSeries, Pending> Carried { get; } = [];

    public DeltaResult Apply(CounterReading reading)
    {
        ArgumentNullException.ThrowIfNull(reading);
        if (reading.Status != ReadingStatus.Ok) return DeltaResult.Nothing;
        var log = new DiagnosticLog();
        var behind = Behind(reading);
        foreach (var (_, instance) in behind)
            log.Add($"The counters of {instance} are as they were some time ago, though it did not restart; they are not counted before they are past what was counted.");
        foreach (var sample in reading.Samples.Where(sample => !behind.Contains((sample.Source, sample.Instance))))
        {
            if (double.IsFinite(sample.Value) && sample.Value >= 0)
                Take(sample, reading);
            else
                log.Add($"Ignored a counter of feature {sample.Series.Feature} on {sample.Instance}: its value is {Describe(sample.Value)}.");
        }

        foreach (var source in reading.Sources.Where(source => source.Fault is null).Select(source => source.Source).Append("").Distinct())
            Close(source, reading.At);
        DropForgottenSources(reading);
        return new DeltaResult(Settle(), log.ToList()) { Behind = behind };
    }

    /// <summary>Compact bytes to continue from after a restart.</summary>
    public byte[] Write() => CounterDeltasCodec.Write(this);

    /// <summary>Null when the bytes are not what <see cref="Write"/> wrote, unchanged.</summary>
    public static CounterDeltas? Read(ReadOnlySpan<byte> bytes) => CounterDeltasCodec.Read(bytes);

    private static string Describe(double value) => double.IsNaN(value) ? "NaN" : value < 0 ? "negative" : "infinite";

    /// <summary>All of an instance or nothing: one scrape is of one moment, and most counters of an old one look the same.</summary>
    private HashSet<(string Source, string Instance)> Behind(CounterReading reading)
    {
        var behind = new HashSet<(string, string)>();
        foreach (var sample in reading.Samples)
        {
            if (Known(sample) is { } instance && instance.IsBehind(new(sample.Series, sample.Part), sample.Value, StartOf(reading, sample.Instance)))
                behind.Add((sample.Source, sample.Instance));
        }

        foreach (var sample in reading.Samples)
        {
            if (Known(sample) is not { } instance)
                continue;
            instance.BehindSince = behind.Contains((sample.Source, sample.Instance)) ? instance.BehindSince ?? reading.At : null;
            if (reading.At - instance.BehindSince >= reading.DoubtFor)
                behind.Remove((sample.Source, sample.Instance));
        }

        return behind;
    }

    private InstanceCounters? Known(in CounterSample sample) =>
        Sources.TryGetValue(sample.Source, out var source) ? source.Instances.GetValueOrDefault(sample.Instance) : null;

    private static DateTimeOffset? StartOf(CounterReading reading, string instance) =>
        reading.ProcessStarts.TryGetValue(instance, out var start) ? start : null;

    private void Take(in CounterSample sample, CounterReading reading)
    {
        if (!Sources.TryGetValue(sample.Source, out var source)) Sources.Add(sample.Source, source = new SourceCounters());
        var delta = source.Take(sample, reading.ProcessStarts, reading.At);
        if (delta == 0) return;
        var pending = Carried.GetValueOrDefault(sample.Series);
        Carried[sample.Series] = sample.Part switch
        {
            CounterPart.Good or CounterPart.TotalWithBad => pending with { Events = pending.Events + delta },
            CounterPart.Bad or CounterPart.TotalWithGood => new Pending(pending.Events + delta, pending.Bad + delta),
            CounterPart.BadOfTotal => pending with { Bad = pending.Bad + delta },
            _ => pending with { Bad = pending.Bad - delta },
        };
    }

    private void Close(string id, DateTimeOffset at)
    {
        if (!Sources.TryGetValue(id, out var source)) Sources.Add(id, source = new SourceCounters());
        source.Close(at);
    }

    // A source that nobody asks for any more (its objective or expression is gone) leaves nothing behind.
    private void DropForgottenSources(CounterReading reading)
    {
        var gone = Sources.Where(source => source.Key.Length > 0
            && reading.At - source.Value.At > ForgetInstanceAfter
            && reading.Sources.All(asked => asked.Source != source.Key)).Select(source => source.Key).ToList();
        foreach (var id in gone) Sources.Remove(id);
    }

    private Dictionary<OutcomeSeries, OutcomeCounts> Settle()
    {
        var counts = new Dictionary<OutcomeSeries, OutcomeCounts>();
        foreach (var (series, pending) in Carried.ToList())
        {
            var events = Math.Floor(pending.Events + Hair);
            var bad = Math.Clamp(Math.Floor(pending.Bad + Hair), 0, events);
            if (events > 0) counts.Add(series, new OutcomeCounts((long)(events - bad), (long)bad));
            var rest = new Pending(pending.Events - events, pending.Bad - bad);
            if (rest.IsNothing) Carried.Remove(series);
            else Carried[series] = rest;
        }

        return counts;
    }

    /// <summary>Seen but not yet handed out.</summary>
    internal readonly record struct Pending(double Events, double Bad)
    {
        // Rounding dust is not worth a place in the state.
        public bool IsNothing => Math.Abs(Events) < 1e-9 && Math.Abs(Bad) < 1e-9;
    }
}
