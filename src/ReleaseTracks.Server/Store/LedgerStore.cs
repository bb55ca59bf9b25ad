using System.Net;
using System.Runtime.CompilerServices;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>Whether the entry is in the ledger, and how long the ledger is now.</summary>
public readonly record struct AppendResult(bool Appended, long Count);

/// <summary>The append-only list. Entry n is at index n − 1; two writers can never both make revision n + 1.</summary>
public sealed class LedgerStore(StoreConnection connection)
{
    private const int PageSize = 500;
    private const int AnswerBytes = 256 * 1024;
    private const int DiskTimeoutMilliseconds = 3000;

    private const string NotOnDisk = "The entry was appended, but the server did not say that it is on disk. Read back by entry id.";

    private static readonly IEqualityComparer<byte[]> ByteArrays =
        EqualityComparer<byte[]>.Create((a, b) => a.AsSpan().SequenceEqual(b), bytes => bytes.Length);

    private volatile int entryBytes = 16 * 1024;

    private const string Append = """
        local count = redis.call('LLEN', KEYS[1])
        if count ~= tonumber(ARGV[1]) then return {0, count} end
        if ARGV[3] ~= '' and not string.find(redis.call('LINDEX', KEYS[1], -1), ARGV[3], 1, true) then return {0, count} end
        return {1, redis.call('RPUSH', KEYS[1], ARGV[2])}
        """;

    /// <summary>
    /// Appends if the ledger holds exactly <paramref name="expectedCount"/> entries and the last of them is
    /// <paramref name="lastId"/> (empty: whichever). After a failover that lost entries another server may have appended
    /// as many: the length alone would be right on top of another story.
    /// </summary>
    /// <exception cref="AppendOutcomeUnknownException">The entry may be in the ledger or not.</exception>
    /// <exception cref="RedisServerException">The store refused; the entry is not in the ledger.</exception>
    public async Task<AppendResult> AppendAsync(long expectedCount, byte[] entry, string lastId = "")
    {
        try
        {
            var database = connection.Database;
            var appending = database.ScriptEvaluateAsync(Append, [StoreKeys.Ledger], [expectedCount, entry, lastId]);
            // Right behind it, so that both cost one round trip.
            var asking = connection.Durability.WaitsForDisk ? database.IdentifyEndpointAsync(StoreKeys.Ledger, CommandFlags.DemandMaster) : null;
            var answer = (RedisResult[])(await appending.ConfigureAwait(false))!;
            var result = new AppendResult((long)answer[0] == 1, (long)answer[1]);
            if (result.Appended && asking is not null)
                await WaitForDiskAsync(await asking.ConfigureAwait(false)).ConfigureAwait(false);
            return result;
        }
        catch (Exception exception) when (exception is not RedisServerException && StoreFaults.IsUnavailable(exception))
        {
            throw new AppendOutcomeUnknownException(
                "The store did not answer: the entry may be in the ledger or not. Read back by entry id.", exception);
        }
    }

    public Task<long> CountAsync() => connection.Database.ListLengthAsync(StoreKeys.Ledger);

    /// <summary>Up to <paramref name="count"/> entries, the first being number <paramref name="fromSeq"/> (from 1).</summary>
    public Task<IReadOnlyList<byte[]>> ReadAsync(long fromSeq, int count) => ReadAsync(StoreKeys.Ledger, fromSeq, count);

    /// <summary>Every entry from <paramref name="fromSeq"/> on, a page at a time, until the end at that moment.</summary>
    public async IAsyncEnumerable<byte[]> ReadAllAsync(
        long fromSeq, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var page = await ReadAsync(fromSeq, PageSize).ConfigureAwait(false);
            foreach (var entry in page)
                yield return entry;
            if (page.Count < PageSize)
                yield break;
            fromSeq += page.Count;
        }
    }

    /// <summary>
    /// Makes these the ledger, all at once and only if there is none: they are put aside, read back, and renamed.
    /// </summary>
    /// <returns>False if there is a ledger by now.</returns>
    public async Task<bool> RestoreAsync(IReadOnlyList<byte[]> entries)
    {
        var database = connection.Database;
        await new StoredKey(StoreKeys.LedgerImport!, RedisType.List, [.. entries.Select(entry => (RedisValue)entry)], null).WriteAsync(database).ConfigureAwait(false);
        for (var at = 0; at < entries.Count; at += PageSize)
        {
            var stored = await ReadAsync(StoreKeys.LedgerImport, at + 1, PageSize).ConfigureAwait(false);
            if (!stored.SequenceEqual(entries.Skip(at).Take(PageSize), ByteArrays))
                throw new InvalidDataException($"The store did not keep the entries from {at + 1} on as they were written.");
        }

        return await database.KeyRenameAsync(StoreKeys.LedgerImport, StoreKeys.Ledger, When.NotExists).ConfigureAwait(false);
    }

    /// <summary>
    /// In answers of about as many bytes, by what the entries before took: a plan of a hundred features has 85 KB, and the buffers
    /// of both ends of the connection grow to the longest answer there was.
    /// </summary>
    private async Task<IReadOnlyList<byte[]>> ReadAsync(RedisKey key, long fromSeq, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(fromSeq, 1);
        var entries = new List<byte[]>();
        while (entries.Count < count)
        {
            var most = Math.Clamp(AnswerBytes / entryBytes, 1, count - entries.Count);
            var first = fromSeq - 1 + entries.Count;
            var values = await connection.Database.ListRangeAsync(key, first, first + most - 1).ConfigureAwait(false);
            entries.AddRange(values.Select(value => (byte[])value!));
            if (values.Length < most)
                break;
            entryBytes = 1 + (int)(values.Sum(value => value.Length()) / values.Length);
        }

        return entries;
    }

    /// <summary>
    /// Where the server has WAITAOF, an append that is only in its memory does not count as acknowledged. The command names
    /// no key: any other node of a cluster would answer at once that all it was told by us is on its disk.
    /// </summary>
    private async Task WaitForDiskAsync(EndPoint? owner)
    {
        RedisResult[]? synced = null;
        try
        {
            if (owner is not null)
                synced = (RedisResult[]?)await connection.Multiplexer.GetServer(owner).ExecuteAsync("WAITAOF", 1, 0, DiskTimeoutMilliseconds).ConfigureAwait(false);
        }
        catch (RedisServerException exception)
        {
            throw new AppendOutcomeUnknownException(NotOnDisk, exception);
        }
        if (synced is not { Length: > 0 } || (long)synced[0] < 1)
            throw new AppendOutcomeUnknownException(NotOnDisk);
    }
}
