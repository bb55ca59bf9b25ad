using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Snapshots;

/// <summary>
/// The one snapshot everything is read from. Readers take it without a lock; a writer replaces it whole, and an older
/// revision is refused, so nobody ever sees time run backwards.
/// </summary>
public sealed class SnapshotHolder
{
    private readonly Lock gate = new();
    private readonly List<Action<Snapshot>> subscribers = [];
    private volatile Snapshot current = Snapshot.Empty;

    public Snapshot Current => current;

    public bool IsReady => current.Revision > 0;

    /// <returns>False if the snapshot is not newer than the current one; then nothing happened.</returns>
    public bool Publish(Snapshot next)
    {
        Action<Snapshot>[] listeners;
        lock (gate)
        {
            // Under the lock: two publishers could otherwise both see revision 7 and the slower one put 8 over 9.
            if (next.Revision <= current.Revision)
                return false;
            current = next;
            listeners = [.. subscribers];
        }

        foreach (var listener in listeners)
            listener(next);
        return true;
    }

    /// <summary>Calls <paramref name="changed"/> after every publication; it must be quick and must not throw.</summary>
    public IDisposable Subscribe(Action<Snapshot> changed)
    {
        lock (gate)
            subscribers.Add(changed);
        return new Subscription(this, changed);
    }

    private sealed class Subscription(SnapshotHolder holder, Action<Snapshot> changed) : IDisposable
    {
        public void Dispose()
        {
            lock (holder.gate)
                holder.subscribers.Remove(changed);
        }
    }
}
