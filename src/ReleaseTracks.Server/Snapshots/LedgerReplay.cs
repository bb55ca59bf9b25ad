using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Snapshots;

/// <summary>
/// The past, folded from the ledger when somebody asks: what happened to each feature, and the state at any revision.
/// One for all viewers; each entry is read once, and again only between two checkpoints for a state that nobody asked
/// for lately.
/// </summary>
public sealed class LedgerReplay(LedgerStore store, SnapshotHolder snapshots) : IDisposable
{
    private const int Page = 1000;
    private const int MostRecent = 16;
    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Checkpoints checkpoints = new();
    private readonly LinkedList<Snapshot> recent = [];
    private Snapshot head = Snapshot.Empty;
    private volatile Timeline timeline = Timeline.Empty;

    /// <summary>As far as it was read; complete after <see cref="CatchUpAsync"/>.</summary>
    public Timeline Timeline => timeline;

    /// <summary>Reads what the ledger has beyond what was read before; no I/O when that is nothing.</summary>
    public async ValueTask<Timeline> CatchUpAsync(CancellationToken cancel = default)
    {
        var known = timeline;
        if (known.Revision >= snapshots.Current.Revision)
            return known;
        await gate.WaitAsync(cancel);
        try
        {
            while (head.Revision < snapshots.Current.Revision && await ReadOnAsync())
                cancel.ThrowIfCancellationRequested();
            return timeline;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The state at a revision; the newest when there is no such revision yet.</summary>
    public async ValueTask<Snapshot> AtAsync(long revision, CancellationToken cancel = default)
    {
        var current = snapshots.Current;
        if (revision >= current.Revision)
            return current;
        if (revision <= 0)
            return Snapshot.Empty;
        await CatchUpAsync(cancel);
        await gate.WaitAsync(cancel);
        try
        {
            var state = await FoldAsync(Nearest(revision), revision);
            recent.AddFirst(state);
            if (recent.Count > MostRecent)
                recent.RemoveLast();
            return state;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private Snapshot Nearest(long revision) =>
        recent.Where(state => state.Revision <= revision).Append(checkpoints.Before(revision)).MaxBy(state => state.Revision)!;

    private async Task<Snapshot> FoldAsync(Snapshot state, long revision)
    {
        while (state.Revision < revision)
        {
            var entries = await store.ReadAsync(state.Revision + 1, (int)Math.Min(Page, revision - state.Revision));
            if (entries.Count == 0)
                break;
            foreach (var bytes in entries)
                state = SnapshotFold.Apply(state, LedgerEntryCodec.Read(bytes));
        }

        return state;
    }

    private async Task<bool> ReadOnAsync()
    {
        var (state, told) = (head, timeline);
        var entries = await store.ReadAsync(state.Revision + 1, Page);
        foreach (var entry in entries.Select(bytes => LedgerEntryCodec.Read(bytes)))
        {
            var next = SnapshotFold.Apply(state, entry);
            told = told.Add(state, entry, next);
            checkpoints.Offer(next);
            state = next;
        }

        (head, timeline) = (state, told);
        return entries.Count > 0;
    }
}
