using ReleaseTracks.Alerts;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Alerts;

/// <summary>
/// Has the ledger say which conditions hold, after the round was committed under the lease. From there on they are
/// delivered like everything else in the ledger, by whoever leads then.
/// </summary>
public sealed class AlertRecorder(LedgerService ledger, SnapshotHolder snapshots, TimeProvider time)
{
    /// <summary>Entries in one round; what is left over is written in the next.</summary>
    private const int MostEntries = 8;

    public async Task RecordAsync(IReadOnlyCollection<AlertCondition> conditions, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        for (var i = 0; i < MostEntries && AlertChanges.Next(snapshots.Current, conditions, now) is not null; i++)
        {
            var appended = await ledger.AppendAsync(
                RollbackService.ControlLoop,
                state => AlertChanges.Next(state, conditions, now) is { } change
                    ? new(change.IsRaised ? EntryTypes.AlertRaised : EntryTypes.AlertResolved, Json.Object(json => AlertJson.WriteMembers(json, change)))
                    : null,
                cancel);
            if (appended.Entry is null)
                return;
        }
    }
}
