using ReleaseTracks.Alerts;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Snapshots;

/// <summary>The entries about conditions that began and ended; part of <see cref="SnapshotFold"/>.</summary>
internal static class AlertFold
{
    /// <summary>One that is raised already keeps the time since when it has been.</summary>
    public static Snapshot Raise(Snapshot state, JsonInput data, DateTimeOffset at)
    {
        var alerts = state.Alerts.ToBuilder();
        foreach (var row in AlertJson.Read(data, raised: true).Rows)
            alerts.TryAdd(row.Id, new(row.Event, row.Row, row.Reason, at));
        return state with { Alerts = alerts.ToImmutable() };
    }

    public static Snapshot Resolve(Snapshot state, JsonInput data) =>
        state with { Alerts = state.Alerts.RemoveRange(AlertJson.Read(data, raised: false).Rows.Select(row => row.Id)) };
}
