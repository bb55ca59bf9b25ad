using Prometheus;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Snapshots;

public static class StateMetrics
{
    private static readonly string[] TrackLabel = ["track"];
    private static readonly string[] RollbackLabels = ["feature", "track", "cause"];

    /// <summary>Gauges that are read when somebody asks. A store that does not answer leaves out its own, and only those.</summary>
    public static void UseStateMetrics(this WebApplication app)
    {
        var services = app.Services;
        var metrics = services.GetRequiredService<IMetricFactory>();
        var snapshots = services.GetRequiredService<SnapshotHolder>();
        var (store, mirror) = (services.GetRequiredService<StoreConnection>(), services.GetRequiredService<LedgerMirror>());
        var revision = metrics.CreateGauge("releasetracks_snapshot_revision", "Revision that this server evaluates by.");
        var refused = metrics.CreateGauge("releasetracks_ledger_refused", "1 while this server writes nothing because the ledger lost or changed entries.");
        var connected = metrics.CreateGauge("releasetracks_store_connected", "1 while this server has a connection to the store.");
        var unverified = metrics.CreateGauge("releasetracks_rollbacks_unverified", "Rollbacks that the traffic does not show, too long after they were committed.");
        var lastRollback = metrics.CreateGauge("releasetracks_last_rollback_timestamp_seconds", "When the last such rollback was committed.", RollbackLabels);
        var enrolled = metrics.CreateGauge("releasetracks_enrolled_users", "Users who made a choice, by track.", TrackLabel);
        var registry = services.GetRequiredService<CollectorRegistry>();
        registry.AddBeforeCollectCallback(() =>
        {
            var state = snapshots.Current;
            revision.Set(state.Revision);
            refused.Set(mirror.Refusal is null ? 0 : 1);
            connected.Set(store.DescribeFault() is null ? 1 : 0);
            unverified.Set(state.Rollbacks.Open.Count(rollback => rollback.State == RollbackState.Unverified));
            ShowLast(lastRollback, state);
        });
        registry.AddBeforeCollectCallback(_ => ShowEnrolledAsync(enrolled, services.GetRequiredService<EnrollmentStore>()));
    }

    /// <summary>From the ledger, not counted: a counter that begins with its first event cannot be seen to rise.</summary>
    private static void ShowLast(Gauge gauge, Snapshot state)
    {
        foreach (var rollback in state.Rollbacks.All)
        {
            foreach (var feature in rollback.Features)
                gauge.WithLabels(feature, rollback.Track.Wire(), rollback.Cause.Wire()).SetToTimeUtc(rollback.At);
        }
    }

    private static async Task ShowEnrolledAsync(Gauge enrolled, EnrollmentStore enrollments)
    {
        try
        {
            var counts = await enrollments.CountsAsync();
            foreach (var track in TrackKeys.All)
                enrolled.WithLabels(track.Wire()).Set(counts.GetValueOrDefault(track));
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            foreach (var track in TrackKeys.All)
                enrolled.RemoveLabelled(track.Wire());
        }
    }
}
