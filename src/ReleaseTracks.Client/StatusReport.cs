using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Streams;

namespace ReleaseTracks.Client;

/// <summary>
/// Never unhealthy: an app that serves its last snapshot or its fallbacks works, and taking it out of rotation would
/// turn a lost server into a lost app.
/// </summary>
internal sealed class StatusReport(SnapshotState snapshots, ServerConnection connection) : IReleaseTracksStatus, IHealthCheck
{
    public ClientStatus Current
    {
        get
        {
            var snapshot = snapshots.Current;
            var state = snapshot.IsEmpty ? ClientState.Empty : snapshots.IsStale ? ClientState.Stale : ClientState.Live;
            return new(state, snapshot.State.Revision, snapshots.Age, connection.IsConnected, connection.Fault ?? snapshots.Problem);
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var now = Current;
        var data = new Dictionary<string, object>
        {
            ["state"] = now.State.ToString().ToUpperInvariant(),
            ["revision"] = now.Revision,
            ["ageSeconds"] = now.Age?.TotalSeconds ?? -1,
            ["connected"] = now.Connected,
        };
        var text = now.State switch
        {
            ClientState.Empty => $"EMPTY: no snapshot, fallbacks are served. {now.Problem}",
            ClientState.Stale => string.Create(CultureInfo.InvariantCulture, $"STALE: revision {now.Revision} was last confirmed {now.Age?.TotalSeconds:0} s ago. {now.Problem}"),
            _ => string.Create(CultureInfo.InvariantCulture, $"LIVE: revision {now.Revision}. {now.Problem}"),
        };
        return Task.FromResult(new HealthCheckResult(
            now.State == ClientState.Live ? HealthStatus.Healthy : HealthStatus.Degraded, text.TrimEnd(), data: data));
    }
}
