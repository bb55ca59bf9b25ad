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
    private readonly Dictionary<MeasuredRow, TimeSpan> ages = [];
    private readonly Dictionary<string, DateTimeOffset> starts = [];
    private readonly HashSet<string> instances = [];
    private readonly DiagnosticLog log = new();

    public void Add(VectorRow row)
    {
        switch (row.Kind)
        {
            case PrometheusQueries.Start:
                AddStart(starts, row);
                break;
            case PrometheusQueries.Age:
                AddAge(row);
                break;
            default:
                AddSample(row);
                break;
        }
    }

    public CounterReading ToReading(DateTimeOffset at, IReadOnlyList<CustomRows> custom)
    {
        foreach (var rows in custom) rows.AddTo(samples, ages, log);

        // Start times came for every scraped process, also those that are none of ours.
        foreach (var instance in starts.Keys)
        {
            if (!instances.Contains(instance)) starts.Remove(instance);
        }

        return new CounterReading
        {
            Status = ReadingStatus.Ok,
            At = at,
            Samples = samples,
            Ages = ages,
            ProcessStarts = starts,
            Sources = [.. custom.SelectMany(rows => rows.Reads())],
            Diagnostics = log.ToList(),
        };
    }

    public static void AddStart(Dictionary<string, DateTimeOffset> starts, VectorRow row)
    {
        // Year 1970 to 9999; what does not fit is as good as unknown.
        if (row.Instance is { } instance && row.Value is > 0 and < 253_402_300_800)
            starts[instance] = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(row.Value);
    }

    public static bool TryAge(VectorRow row, out TimeSpan age)
    {
        // A clock a moment ahead is not a negative age.
        var valid = row.Value is > -1e9 and < 1e9;
        age = valid ? TimeSpan.FromSeconds(Math.Max(row.Value, 0)) : TimeSpan.Zero;
        return valid;
    }

    private void AddAge(VectorRow row)
    {
        // The counters themselves already told of labels that are wrong.
        if (row.Feature is { } feature && TrackKeys.TryParse(row.Track, out var track)
            && Indicators.TryParse(row.Indicator, out var indicator) && TryAge(row, out var age))
        {
            ages[new MeasuredRow(feature, track, indicator)] = age;
        }
    }

    private void AddSample(VectorRow row)
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
            var instance = row.Instance ?? "";
            instances.Add(instance);
            samples.Add(new CounterSample(
                new OutcomeSeries(feature, track, variant, indicator), row.Outcome == "bad", instance, row.Value));
        }
    }

    private static string Missing(string label, VectorRow row) =>
        $"Ignored outcomes without the label {label} from {Short(row.Instance ?? "an unknown instance")}.";

    private static string Unknown(string label, string value) => $"Ignored outcomes with the unknown {label} \"{Short(value)}\".";

    private static string Short(string text) => text.Length <= 80 ? text : text[..80] + "…";
}
