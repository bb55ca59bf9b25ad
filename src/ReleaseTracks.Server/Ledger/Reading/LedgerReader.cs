using System.Collections.Immutable;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Ledger.Reading;

/// <summary>Entries found, newest first, and where to go on looking; null when the beginning was reached.</summary>
public sealed record LedgerEntries(ImmutableArray<LedgerEntry> Entries, long? Before);

/// <summary>
/// Entries for people to read. An entry never changes, so what one viewer has read is kept for the others: whole pages,
/// and the states between them for looking at what an entry changed.
/// </summary>
public sealed class LedgerReader(LedgerStore store, SnapshotHolder snapshots) : IDisposable
{
    private const int PageSize = 200;
    private const int MostPages = 100;

    private readonly SemaphoreSlim gate = new(1, 1);
    private readonly Dictionary<long, ImmutableArray<LedgerEntry>> pages = [];
    private readonly Queue<long> order = new();
    private readonly Dictionary<long, Snapshot> states = new() { [0] = Snapshot.Empty };

    /// <summary>How far one search looks; who wants more asks again from where it stopped.</summary>
    public int MostScanned { get; set; } = 20_000;

    /// <summary>The newest entries before a number (null is the end) that match.</summary>
    public async Task<LedgerEntries> FindAsync(Func<LedgerEntry, bool> matches, long? before, int most, CancellationToken cancel)
    {
        var found = ImmutableArray.CreateBuilder<LedgerEntry>();
        var next = Math.Min(before ?? long.MaxValue, snapshots.Current.Revision + 1) - 1;
        for (var scanned = 0; next >= 1 && scanned < MostScanned; scanned++, next--)
        {
            cancel.ThrowIfCancellationRequested();
            if (await EntryAsync(next) is not { } entry || !matches(entry))
                continue;
            if (found.Count == most)
                break;
            found.Add(entry);
        }

        return new(found.ToImmutable(), next >= 1 ? next + 1 : null);
    }

    /// <summary>Null if there is no such entry, or this server has not checked it yet.</summary>
    public async Task<LedgerEntry?> EntryAsync(long seq)
    {
        if (seq < 1 || seq > snapshots.Current.Revision)
            return null;
        var (number, index) = ((seq - 1) / PageSize, (int)((seq - 1) % PageSize));
        await gate.WaitAsync();
        try
        {
            var page = await PageAsync(number, index);
            return index < page.Length ? page[index] : null;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The state right before and right after an entry, by folding what led to it.</summary>
    public async Task<(Snapshot Before, Snapshot After)?> AroundAsync(long seq)
    {
        if (seq < 1 || seq > snapshots.Current.Revision)
            return null;
        await gate.WaitAsync();
        try
        {
            var known = states.Keys.Where(key => key < seq).Max();
            var state = states[known];
            for (var next = known + 1; next < seq; next++)
            {
                state = SnapshotFold.Apply(state, await ReadAsync(next));
                // Snapshots share what they have in common, so one for every page is cheap.
                if (next % PageSize == 0)
                    states[next] = state;
            }

            return (state, SnapshotFold.Apply(state, await ReadAsync(seq)));
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<LedgerEntry> ReadAsync(long seq) => (await PageAsync((seq - 1) / PageSize, (int)((seq - 1) % PageSize)))[(int)((seq - 1) % PageSize)];

    /// <summary>The last page grows, so it is read again when it is too short.</summary>
    private async Task<ImmutableArray<LedgerEntry>> PageAsync(long number, int index)
    {
        if (pages.TryGetValue(number, out var known) && known.Length > index)
            return known;
        var read = await store.ReadAsync((number * PageSize) + 1, PageSize);
        if (!pages.ContainsKey(number))
            order.Enqueue(number);
        if (order.Count > MostPages)
            pages.Remove(order.Dequeue());
        return pages[number] = [.. read.Select(bytes => LedgerEntryCodec.Read(bytes))];
    }
}
