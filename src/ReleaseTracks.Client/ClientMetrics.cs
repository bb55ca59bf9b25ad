using System.Diagnostics.Metrics;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Streams;
using ReleaseTracks.Client.Tracks;

namespace ReleaseTracks.Client;

/// <summary>How the client is doing, as instruments of the meter <c>ReleaseTracks</c>, read when somebody asks.</summary>
internal sealed class ClientMetrics
{
    public const string Name = "ReleaseTracks";

    public ClientMetrics(IMeterFactory factory, SnapshotState snapshots, ServerConnection connection, EnrollmentCache users)
    {
        Meter = factory.Create(Name);
        Meter.CreateObservableGauge("releasetracks.client.snapshot.revision", () => snapshots.Current.State.Revision, null, "Revision that the app serves; 0 without a snapshot.");
        Meter.CreateObservableGauge("releasetracks.client.snapshot.age", () => snapshots.Age is { } age ? (Measurement<double>[])[new(age.TotalSeconds)] : [], "s", "Time since the server vouched for the snapshot.");
        Meter.CreateObservableGauge("releasetracks.client.stale", () => snapshots.IsStale ? 1 : 0, null, "1 while the snapshot is stale or missing.");
        Meter.CreateObservableGauge("releasetracks.client.connected", () => connection.IsConnected ? 1 : 0, null, "1 while the stream from the server is open.");
        Meter.CreateObservableGauge("releasetracks.client.users", () => users.Count, null, "Users whose track is remembered.");
    }

    public Meter Meter { get; }
}
