using System.Collections.Immutable;
using Prometheus;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>What the control loop says on <c>/metrics</c>, always after the write it speaks of succeeded.</summary>
public sealed class ControlMetrics(IMetricFactory metrics)
{
    private static readonly string[] RowLabels = ["feature", "track", "objective"];

    private readonly Gauge Remaining = metrics.CreateGauge(
        "releasetracks_error_budget_remaining_ratio", "Share of the error budget that is left; below 0 when overspent.", RowLabels);

    private readonly Gauge BurnRate = metrics.CreateGauge(
        "releasetracks_burn_rate", "Failure ratio divided by the tolerated ratio, over a window.", [.. RowLabels, "window"]);

    private readonly Gauge Evidence = metrics.CreateGauge(
        "releasetracks_evidence_log", "Natural logarithm of the evidence that the objective is breached.", [.. RowLabels, "test"]);

    private readonly Gauge VerdictIs = metrics.CreateGauge(
        "releasetracks_verdict", "1 for the verdict of the row, 0 for the others.", [.. RowLabels, "verdict"]);

    private readonly Gauge DataAge = metrics.CreateGauge(
        "releasetracks_data_age_seconds", "Age of the newest data of the row at the last round.", RowLabels);

    private readonly Counter Rollbacks = metrics.CreateCounter(
        "releasetracks_rollbacks_total", "Rollbacks committed by this server.", ["feature", "track", "cause"]);

    private readonly Gauge Leader = metrics.CreateGauge("releasetracks_control_leader", "1 on the server that runs the control loop.");

    private readonly Histogram Duration = metrics.CreateHistogram(
        "releasetracks_control_loop_duration_seconds", "Duration of one round of the control loop.");

    private HashSet<RowKey> shown = [];

    public void Leads(bool leads) => Leader.Set(leads ? 1 : 0);

    public void Finished(TimeSpan duration) => Duration.Observe(duration.TotalSeconds);

    public void CountRollback(RollbackRecord rollback)
    {
        foreach (var feature in rollback.Features)
            Rollbacks.WithLabels(feature, rollback.Track.Wire(), rollback.Cause.Wire()).Inc();
    }

    /// <summary>Unknown values have no series: a gauge that stands still would look like data.</summary>
    public void Show(ImmutableArray<BudgetRow> rows, DateTimeOffset now)
    {
        var present = rows.Select(row => row.Key).ToHashSet();
        foreach (var gone in shown.Where(key => !present.Contains(key)))
            Remove(gone);
        shown = present;
        foreach (var row in rows)
            Show(row, now);
    }

    private void Show(BudgetRow row, DateTimeOffset now)
    {
        var labels = Labels(row.Key);
        Set(Remaining, labels, row.Remaining);
        foreach (var (window, rate) in row.BurnRates.List())
            Set(BurnRate, [.. labels, window], rate);
        Set(Evidence, [.. labels, "g"], row.Evidence?.G);
        Set(Evidence, [.. labels, "bR"], row.Evidence?.BR);
        Set(Evidence, [.. labels, "c1"], row.Evidence?.C1);
        foreach (var verdict in Enum.GetValues<Verdict>())
            VerdictIs.WithLabels([.. labels, verdict.Wire()]).Set(row.Verdict == verdict ? 1 : 0);
        Set(DataAge, labels, row.DataAt is { } at ? (now - at).TotalSeconds : null);
    }

    private void Remove(RowKey key)
    {
        var labels = Labels(key);
        foreach (var family in new[] { Remaining, BurnRate, Evidence, VerdictIs, DataAge })
        {
            foreach (var values in family.GetAllLabelValues().Where(values => values.Take(3).SequenceEqual(labels)).ToArray())
                family.RemoveLabelled(values);
        }
    }

    private static string[] Labels(RowKey key) => [key.Feature ?? "", key.Track.Wire(), key.Objective];

    private static void Set(Gauge gauge, string[] labels, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            gauge.WithLabels(labels).Set(number);
        else
            gauge.RemoveLabelled(labels);
    }
}
