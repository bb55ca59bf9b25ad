using Prometheus;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>What the control loop says on <c>/metrics</c>, always after the write it speaks of succeeded.</summary>
public sealed class ControlMetrics(IMetricFactory metrics)
{
    private readonly Counter Rollbacks = metrics.CreateCounter(
        "releasetracks_rollbacks_total", "Rollbacks committed by this server.", ["feature", "track", "cause"]);

    private readonly Gauge Leader = metrics.CreateGauge("releasetracks_control_leader", "1 on the server that runs the control loop.");

    private readonly Histogram Duration = metrics.CreateHistogram(
        "releasetracks_control_loop_duration_seconds", "Duration of one round of the control loop.");

    private readonly Counter Failures = metrics.CreateCounter(
        "releasetracks_control_rounds_failed_total", "Rounds of the control loop that this server could not finish.");

    private volatile bool isLeader;

    public bool IsLeader => isLeader;

    public void Leads(bool leads)
    {
        isLeader = leads;
        Leader.Set(leads ? 1 : 0);
    }

    public void Failed() => Failures.Inc();

    public void Finished(TimeSpan duration) => Duration.Observe(duration.TotalSeconds);

    public void CountRollback(RollbackRecord rollback)
    {
        foreach (var feature in rollback.Features)
            Rollbacks.WithLabels(feature, rollback.Track.Wire(), rollback.Cause.Wire()).Inc();
    }
}
