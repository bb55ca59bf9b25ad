using Prometheus;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Snapshots;

public static class StateMetrics
{
    private static readonly string[] TrackLabel = ["track"];

    /// <summary>Gauges that are read when somebody asks. A store that does not answer leaves out its own, and only those.</summary>
    public static void UseStateMetrics(this WebApplication app)
    {
        var services = app.Services;
        var metrics = services.GetRequiredService<IMetricFactory>();
        var snapshots = services.GetRequiredService<SnapshotHolder>();
        var enrollments = services.GetRequiredService<EnrollmentStore>();
        var revision = metrics.CreateGauge("releasetracks_snapshot_revision", "Revision that this server evaluates by.");
        var enrolled = metrics.CreateGauge("releasetracks_enrolled_users", "Users who made a choice, by track.", TrackLabel);
        services.GetRequiredService<CollectorRegistry>().AddBeforeCollectCallback(async _ =>
        {
            revision.Set(snapshots.Current.Revision);
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
        });
    }
}
