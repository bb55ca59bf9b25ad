using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// The one write path. An append decides against the newest snapshot, and the store takes the entry only if the ledger
/// still has the length that the decision saw; otherwise the new entries are read and the decision is made again. So
/// two servers can never both make revision n + 1, and nothing is decided on a state that had passed.
/// </summary>
public sealed partial class LedgerService(
    LedgerStore store,
    LedgerMirror mirror,
    SnapshotHolder snapshots,
    StoreSignals signals,
    TimeProvider time,
    ILogger<LedgerService> logger) : IDisposable
{
    private const int MostAttempts = 200;
    private readonly SemaphoreSlim gate = new(1, 1);

    /// <summary>
    /// Appends what <paramref name="decide"/> returns for the newest snapshot; null appends nothing. It may be called
    /// several times and must have no effect of its own.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The store is away, or the ledger lost entries.</exception>
    public async Task<Appended> AppendAsync(Actor actor, Func<Snapshot, EntryDraft?> decide, CancellationToken cancel = default)
    {
        await gate.WaitAsync(cancel);
        try
        {
            for (var attempt = 0; attempt < MostAttempts; attempt++)
            {
                mirror.ThrowIfRefused();
                var state = snapshots.Current;
                if (decide(state) is not { } draft)
                    return new(state, null);
                if (await TryAppendAsync(actor, draft, state) is { } appended)
                    return appended;
                await mirror.CatchUpAsync(cancel);
            }
        }
        finally
        {
            gate.Release();
        }

        throw new LedgerUnavailableException($"The ledger moved {MostAttempts} times while this was being appended; try again.");
    }

    /// <summary>Reads what other servers appended. Called on their signal, after a reconnect and every few seconds.</summary>
    public async Task CatchUpAsync(CancellationToken cancel = default)
    {
        await gate.WaitAsync(cancel);
        try
        {
            await mirror.CatchUpAsync(cancel);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    /// <returns>Null if somebody else appended first.</returns>
    private async Task<Appended?> TryAppendAsync(Actor actor, EntryDraft draft, Snapshot state)
    {
        // Time never runs backwards in the ledger, even when the clock of one server does.
        var now = time.GetUtcNow();
        var entry = new LedgerEntry(state.Revision + 1, Guid.CreateVersion7(now).ToString(), now > state.At ? now : state.At, actor, draft.Type, draft.Data);
        var bytes = LedgerEntryCodec.Write(entry);
        // Folding the stored bytes, not the draft: what is served is what can be verified. Before the append, because
        // an entry that cannot be folded must never be stored.
        var stored = LedgerEntryCodec.Read(bytes);
        var next = SnapshotFold.Apply(state, stored);
        try
        {
            if (!(await store.AppendAsync(state.Revision, bytes, mirror.LastId)).Appended)
                return null;
        }
        catch (RedisServerException refused) when (StoreFaults.IsUnavailable(refused))
        {
            throw new LedgerUnavailableException($"The store refuses to write, so nothing was changed: {refused.Message}", refused);
        }
        catch (AppendOutcomeUnknownException unknown)
        {
            Log.OutcomeUnknown(logger, entry.Seq, unknown);
            if (!await LandedAsync(entry))
                return null;
        }

        mirror.Adopt(next, stored, bytes);
        await signals.PublishRevisionAsync(next.Revision);
        return new(next, entry);
    }

    /// <summary>An append whose answer was lost: the ledger itself says whether it landed.</summary>
    private async Task<bool> LandedAsync(LedgerEntry entry)
    {
        try
        {
            var stored = await store.ReadAsync(entry.Seq, 1);
            return stored.Count == 1 && LedgerEntryCodec.Read(stored[0]).Id == entry.Id;
        }
        catch (Exception lost) when (lost is not LedgerFormatException)
        {
            throw new LedgerUnavailableException(
                $"The store does not answer, so it is not known whether entry {entry.Id} was stored; look for that id in the ledger before trying again.",
                lost);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to appending entry {Seq} was lost; reading back")]
        public static partial void OutcomeUnknown(ILogger logger, long seq, Exception cause);
    }
}
