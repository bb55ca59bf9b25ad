using Prometheus;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>The metrics that every row of the budgets has.</summary>
internal sealed class RowFamilies(IMetricFactory metrics)
{
    private static readonly string[] Labels = ["feature", "track", "objective"];

    // A series is there only while its value is known: a gauge that stands still would look like data.
    private static readonly GaugeConfiguration Known = new() { SuppressInitialValue = true };

    public Gauge Remaining { get; } = metrics.CreateGauge(
        "releasetracks_error_budget_remaining_ratio", "Share of the error budget that is left; below 0 when overspent.", Labels, Known);

    public Gauge BurnRate { get; } = metrics.CreateGauge(
        "releasetracks_burn_rate", "Failure ratio divided by the tolerated ratio, over a window.", [.. Labels, "window"], Known);

    public Gauge Evidence { get; } = metrics.CreateGauge(
        "releasetracks_evidence_log", "Natural logarithm of the evidence that the objective is breached.", [.. Labels, "test"], Known);

    public Gauge Verdict { get; } = metrics.CreateGauge(
        "releasetracks_verdict", "1 for the verdict of the row, 0 for the others.", [.. Labels, "verdict"], Known);

    public Gauge DataAge { get; } = metrics.CreateGauge(
        "releasetracks_data_age_seconds", "Age of the newest data of the row at the last round.", Labels, Known);

    public Gauge SharedOutage { get; } = metrics.CreateGauge(
        "releasetracks_shared_outage", "1 while the plain path fails as well, so that a rollback would not help.", Labels, Known);
}

/// <summary>The series of one row. Looked up once: finding 20 of them by their labels took longer than judging the row.</summary>
internal sealed class RowGauges
{
    private static readonly Verdict[] Verdicts = Enum.GetValues<Verdict>();
    private readonly Gauge.Child remaining;
    private readonly Gauge.Child[] burnRates;
    private readonly Gauge.Child g;
    private readonly Gauge.Child bR;
    private readonly Gauge.Child c1;
    private readonly Gauge.Child[] verdicts;
    private readonly Gauge.Child dataAge;
    private readonly Gauge.Child sharedOutage;

    public RowGauges(RowFamilies families, RowKey key)
    {
        string[] labels = [key.Feature ?? "", key.Track.Wire(), key.Objective];
        remaining = families.Remaining.WithLabels(labels);
        burnRates = [.. BurnRates.Unknown.List().Select(rate => families.BurnRate.WithLabels([.. labels, rate.Window]))];
        g = families.Evidence.WithLabels([.. labels, "g"]);
        bR = families.Evidence.WithLabels([.. labels, "bR"]);
        c1 = families.Evidence.WithLabels([.. labels, "c1"]);
        verdicts = [.. Verdicts.Select(verdict => families.Verdict.WithLabels([.. labels, verdict.Wire()]))];
        dataAge = families.DataAge.WithLabels(labels);
        sharedOutage = families.SharedOutage.WithLabels(labels);
    }

    public void Show(BudgetRow row, DateTimeOffset now)
    {
        Set(remaining, row.Remaining);
        var rates = row.BurnRates.List();
        for (var i = 0; i < burnRates.Length; i++)
            Set(burnRates[i], rates[i].Rate);
        Set(g, row.Evidence?.G);
        Set(bR, row.Evidence?.BR);
        Set(c1, row.Evidence?.C1);
        for (var i = 0; i < verdicts.Length; i++)
            verdicts[i].Set(row.Verdict == Verdicts[i] ? 1 : 0);
        Set(dataAge, row.DataAt is { } at ? (now - at).TotalSeconds : null);
        sharedOutage.Set(row.SharedOutage ? 1 : 0);
    }

    public void Remove()
    {
        foreach (var series in (Gauge.Child[])[remaining, .. burnRates, g, bR, c1, .. verdicts, dataAge, sharedOutage])
            series.Remove();
    }

    private static void Set(Gauge.Child series, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            series.Set(number);
        else
            series.Unpublish();
    }
}
