using Prometheus;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Streams;

/// <summary>
/// Who listens, and what they are told: products of every revision and enrollment, users when something they are served
/// may have changed. A signal that may have been lost counts as a change for everybody.
/// </summary>
public sealed class StreamHub : BackgroundService
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private readonly Lock gate = new();
    private readonly HashSet<StreamClient> clients = [];
    private readonly SnapshotHolder snapshots;
    private readonly StoreSignals signals;
    private readonly StreamTickets tickets;
    private readonly TimeProvider time;
    private readonly Gauge connected;
    private readonly IDisposable subscription;
    private readonly CancellationTokenRegistration stopping;
    private readonly RecentChanges recent;
    private Snapshot last;
    private bool closed;

    public StreamHub(
        SnapshotHolder snapshots, StoreSignals signals, StreamTickets tickets, TimeProvider time, IMetricFactory metrics, IHostApplicationLifetime lifetime)
    {
        this.snapshots = snapshots;
        this.signals = signals;
        this.tickets = tickets;
        this.time = time;
        connected = metrics.CreateGauge("releasetracks_stream_clients", "Open change streams on this server.");
        last = snapshots.Current;
        recent = new(tickets.Minute);
        subscription = snapshots.Subscribe(OnSnapshot);
        signals.EnrollmentPublished += OnEnrollment;
        signals.MayHaveMissed += OnMissed;
        // Before the server waits for its requests to end: streams never end by themselves.
        stopping = lifetime.ApplicationStopping.Register(CloseAll);
    }

    /// <summary>Opens a stream for a product. It is told the current revision first, so nothing falls between.</summary>
    public StreamClient? OpenForProduct(StreamKey? key)
    {
        var client = new StreamClient(null, key);
        return Open(client, () => client.Tell(new(StreamEventKind.Revision, last.Revision)));
    }

    /// <summary>Opens a stream for a user, who is told at once if something may have changed since the ticket was given.</summary>
    public StreamClient? OpenForUser(StreamTicket ticket)
    {
        var client = new StreamClient(ticket.User, null);
        return Open(client, () =>
        {
            if (recent.MayHaveChanged(ticket))
                client.Tell(new(StreamEventKind.Revision, last.Revision));
        });
    }

    public void Leave(StreamClient client)
    {
        lock (gate)
            clients.Remove(client);
        client.Close();
        connected.Dec();
    }

    public override void Dispose()
    {
        stopping.Dispose();
        subscription.Dispose();
        signals.EnrollmentPublished -= OnEnrollment;
        signals.MayHaveMissed -= OnMissed;
        CloseAll();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Heartbeat, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                lock (gate)
                {
                    TellAll(new(StreamEventKind.Heartbeat), _ => true);
                    CloseWithoutKey();
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private StreamClient? Open(StreamClient client, Action greet)
    {
        lock (gate)
        {
            if (closed)
                return null;
            clients.Add(client);
            connected.Inc();
            greet();
            return client;
        }
    }

    private void OnSnapshot(Snapshot published)
    {
        lock (gate)
        {
            // Two publications may call out of order; the newest counts. What did not change is the same object.
            var next = snapshots.Current;
            if (next.Revision <= last.Revision)
                return;
            var served = !ReferenceEquals(next.Features, last.Features) || !ReferenceEquals(next.Tracks, last.Tracks)
                || !ReferenceEquals(next.Organisations, last.Organisations);
            last = next;
            if (served)
                recent.Served(next.Revision);
            TellAll(new(StreamEventKind.Revision, next.Revision), client => client.User is null || served);
            // A revoked key stops working with the revision that revokes it, also where it was let in before.
            CloseWithoutKey();
        }
    }

    private void CloseWithoutKey()
    {
        var now = time.GetUtcNow();
        foreach (var client in clients.Where(client => client.Key is { } key && last.Keys.GetValueOrDefault(key.Id)?.Accepts(key.SecretHash, now) != true))
            client.Close();
    }

    private void OnEnrollment(EnrollmentSignal signal)
    {
        lock (gate)
        {
            var user = tickets.HashOf(signal.User);
            recent.Enrolled(user, tickets.Minute);
            // An erased user is on no track: that is Stable.
            var track = (signal.Track ?? TrackKey.Stable).Wire();
            TellAll(new(StreamEventKind.Enrollment, last.Revision, signal.User, track), client => client.User is null || client.User == user);
        }
    }

    private void OnMissed()
    {
        lock (gate)
        {
            recent.Doubt(tickets.Minute);
            TellAll(new(StreamEventKind.Doubt, last.Revision), _ => true);
        }
    }

    private void TellAll(StreamEvent happened, Func<StreamClient, bool> concerned)
    {
        foreach (var client in clients)
        {
            if (concerned(client))
                client.Tell(happened);
        }
    }

    private void CloseAll()
    {
        lock (gate)
        {
            closed = true;
            foreach (var client in clients)
                client.Close();
        }
    }
}
