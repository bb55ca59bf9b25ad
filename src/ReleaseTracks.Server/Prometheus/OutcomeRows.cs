using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// Collects the rows of the standard query. A row with a label that is missing or unknown is left out with a remark:
/// guessing whose outcome it is could roll back the wrong feature.
/// </summary>
internal sealed class OutcomeRows
{
    private readonly List<CounterSample> samples = [];
    private readonly DiagnosticLog log = new();

    public Dictionary<string, TimeSpan> InstanceAges { get; } = [];

    public void AddAge(VectorRow row)
    {
        if (ProcessRows.TryAge(row.Value, out var age)) InstanceAges[row.Instance ?? ""] = age;
    }

    public CounterReading ToReading(DateTimeOffset at, ProcessRows before, ProcessRows after, IReadOnlyList<CustomRows> custom)
    {
        foreach (var rows in custom) rows.AddTo(samples, log);
        var restarting = Instances().Where(instance => !before.AgreesWith(after, instance)).ToHashSet();
        samples.RemoveAll(sample => restarting.Contains(sample.Instance));
        return new CounterReading
        {
            Status = ReadingStatus.Ok,
            At = at,
            Samples = samples,
            Ages = Ages(before),
            ProcessStarts = Instances().Where(before.Starts.ContainsKey).ToDictionary(name => name, name => before.Starts[name]),
            Sources = [.. custom.SelectMany(rows => rows.Reads())],
            Diagnostics = log.ToList(),
        };
    }

    private HashSet<string> Instances() => [.. samples.Select(sample => sample.Instance)];

    /// <summary>
    /// The age of a row is its freshest instance's: a replica that went away must not blind the row while the
    /// others report, and its events are counted when it returns. An own expression has no timestamps; it is as old as
    /// the scrape of its instance.
    /// </summary>
    private Dictionary<MeasuredRow, TimeSpan> Ages(ProcessRows processes)
    {
        var ages = new Dictionary<MeasuredRow, TimeSpan>();
        foreach (var sample in samples)
        {
            var known = sample.Source.Length == 0 ? InstanceAges : processes.ScrapeAges;
            if (!known.TryGetValue(sample.Instance, out var age)) continue;
            var row = sample.Series.Row;
            if (!ages.TryGetValue(row, out var freshest) || age < freshest) ages[row] = age;
        }

        return ages;
    }

    public void Add(VectorRow row)
    {
        if (row.Feature is not { } feature) log.Add(Missing("feature", row));
        else if (row.Variant is not { } variant) log.Add(Missing("variant", row));
        else if (row.Track is null) log.Add(Missing("track", row));
        else if (!TrackKeys.TryParse(row.Track, out var track)) log.Add(Unknown("track", row.Track));
        else if (row.Indicator is null) log.Add(Missing("indicator", row));
        else if (!Indicators.TryParse(row.Indicator, out var indicator)) log.Add(Unknown("indicator", row.Indicator));
        else if (row.Outcome is null) log.Add(Missing("outcome", row));
        else if (row.Outcome is not ("good" or "bad")) log.Add(Unknown("outcome", row.Outcome));
        else
        {
            samples.Add(new CounterSample(
                new OutcomeSeries(feature, track, variant, indicator), row.Outcome == "bad", row.Instance ?? "", row.Value));
        }
    }

    private static string Missing(string label, VectorRow row) =>
        $"Ignored outcomes without the label {label} from {Short(row.Instance ?? "an unknown instance")}.";

    private static string Unknown(string label, string value) => $"Ignored outcomes with the unknown {label} \"{Short(value)}\".";

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
