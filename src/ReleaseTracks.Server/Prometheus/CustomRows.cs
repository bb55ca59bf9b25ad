using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>Collects the rows of one own expression and hands them to every objective that uses it.</summary>
internal sealed class CustomRows(ObjectiveSource expressions, IReadOnlyList<CustomSource> users)
{
    private readonly List<Row> rows = [];

    public ObjectiveSource Expressions => expressions;

    public PrometheusFaultException? Fault { get; set; }

    public void Add(VectorRow row)
    {
        if (row.Kind is PrometheusQueries.Part or PrometheusQueries.Total)
            rows.Add(new Row(row.Feature, row.Track, row.Variant ?? "", row.Instance ?? "", row.Kind == PrometheusQueries.Total, row.Value));
    }

    public IEnumerable<SourceRead> Reads() =>
        users.Select(user => user.Read() with
        {
            Fault = Fault?.Message,
            Partial = Fault?.Partial ?? false,
        });

    public void AddTo(List<CounterSample> samples, DiagnosticLog log)
    {
        if (Fault is not null) return;
        foreach (var user in users)
        {
            foreach (var row in rows)
            {
                if (SeriesOf(user, row, log) is { } series)
                    samples.Add(new CounterSample(series, PartOf(row), row.Instance, row.Value, user.Id));
            }
        }
    }

    private static OutcomeSeries? SeriesOf(CustomSource user, Row row, DiagnosticLog log)
    {
        if ((row.Feature ?? user.Feature) is not { } feature)
        {
            log.Add($"Objective {user.Objective}: its expression drops the label feature.");
            return null;
        }

        TrackKey? labelled = TrackKeys.TryParse(row.Track, out var parsed) ? parsed : null;
        if (row.Track is not null && labelled is null) log.Add($"Objective {user.Objective}: its expression has an unknown track.");
        else if ((labelled ?? user.Track) is not { } track) log.Add($"Objective {user.Objective}: its expression drops the label track.");
        else if ((user.Feature ?? feature) == feature && (user.Track ?? track) == track)
            return new OutcomeSeries(feature, track, row.Variant, user.Indicator, user.Objective);
        return null;
    }

    private CounterPart PartOf(in Row row) => (expressions.Good is not null, row.IsTotal) switch
    {
        (true, true) => CounterPart.TotalWithGood,
        (true, false) => CounterPart.GoodOfTotal,
        (false, true) => CounterPart.TotalWithBad,
        (false, false) => CounterPart.BadOfTotal,
    };

    private readonly record struct Row(string? Feature, string? Track, string Variant, string Instance, bool IsTotal, double Value);
}
