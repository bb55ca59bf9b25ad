using System.Collections.Immutable;
using Prometheus;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>What the control loop says on <c>/metrics</c>, always after the write it speaks of succeeded.</summary>
public sealed class ControlMetrics(IMetricFactory metrics)
{
    private readonly RowFamilies families = new(metrics);

    private readonly Counter Rollbacks = metrics.CreateCounter(
        "releasetracks_rollbacks_total", "Rollbacks committed by this server.", ["feature", "track", "cause"]);

    private readonly Gauge Leader = metrics.CreateGauge("releasetracks_control_leader", "1 on the server that runs the control loop.");

    private readonly Histogram Duration = metrics.CreateHistogram(
        "releasetracks_control_loop_duration_seconds", "Duration of one round of the control loop.");

    private readonly Counter Failures = metrics.CreateCounter(
        "releasetracks_control_rounds_failed_total", "Rounds of the control loop that this server could not finish.");

    private readonly Dictionary<RowKey, RowGauges> shown = [];

    /// <summary>Whoever no longer leads takes its rows away: two servers must not show two budgets for one objective.</summary>
    public void Leads(bool leads)
    {
        Leader.Set(leads ? 1 : 0);
        if (!leads)
            Show([], default);
    }

    public void Failed() => Failures.Inc();

    public void Finished(TimeSpan duration) => Duration.Observe(duration.TotalSeconds);

    public void CountRollback(RollbackRecord rollback)
    {
        foreach (var feature in rollback.Features)
            Rollbacks.WithLabels(feature, rollback.Track.Wire(), rollback.Cause.Wire()).Inc();
    }

    public void Show(ImmutableArray<BudgetRow> rows, DateTimeOffset now)
    {
        var present = rows.Select(row => row.Key).ToHashSet();
        foreach (var gone in shown.Keys.Where(key => !present.Contains(key)).ToArray())
        {
            shown.Remove(gone, out var gauges);
            gauges!.Remove();
        }

        foreach (var row in rows)
        {
            if (!shown.TryGetValue(row.Key, out var gauges))
                shown[row.Key] = gauges = new(families, row.Key);
            gauges.Show(row, now);
        }
    }
}
