using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>The guard as it was last committed; <see cref="Counters"/> is null before the first tick.</summary>
public sealed record StoredGuard(FrozenDictionary<string, byte[]> Rows, byte[]? Counters);

/// <summary>
/// State of the guard between two ticks. The rows, the buckets and the counters they were computed from are committed
/// together: if they could part, a crash would make the next tick count the same events twice or never.
/// </summary>
public sealed class GuardStore(StoreConnection connection)
{
    /// <summary>What one field may hold: the embedded store logs it as one record, and a record is at most 8 MB.</summary>
    public const int MaxFieldBytes = 6 * 1024 * 1024;

    /// <summary>More than this goes to the embedded store in several records, and is committed by the last of them.</summary>
    private const int PartBytes = 4 * 1024 * 1024;

    private const int Blocks = 256;
    private const string CountersField = "~counters";

    public async Task<StoredGuard> ReadAsync()
    {
        var entries = await connection.Database.HashGetAllAsync(StoreKeys.Guard).ConfigureAwait(false);
        var all = entries.ToDictionary(entry => entry.Name.ToString(), entry => (byte[])entry.Value!, StringComparer.Ordinal);
        all.Remove(CountersField, out var counters);
        return new StoredGuard(all.Values.SelectMany(Packed.Rows).ToFrozenDictionary(StringComparer.Ordinal), counters);
    }

    /// <summary>All of it, or nothing and false when the lease is no longer ours.</summary>
    /// <exception cref="InvalidOperationException">One value is larger than <see cref="MaxFieldBytes"/>.</exception>
    public Task<bool> CommitTickAsync(LeaseToken lease, TickWrite write)
    {
        var writes = Writes(write).ToArray();
        if (writes.SelectMany(one => one.Words).FirstOrDefault(word => word.GetByteCount() > MaxFieldBytes) is { IsNull: false } large)
            throw new InvalidOperationException($"One value of a tick has {large.GetByteCount()} bytes; at most {MaxFieldBytes} can be stored.");
        return connection.IsEmbedded && writes.Sum(one => one.Bytes) > PartBytes
            ? CommitInPartsAsync(lease, writes)
            : RunAsync(TickScript.Commit, [StoreKeys.TickRedo, StoreKeys.ControlLease, .. Keys(writes)], lease, writes);
    }

    /// <summary>
    /// The former commit is complete, or this one would not have begun, so its record can go before its parts are
    /// overwritten: a replay must never mix two ticks.
    /// </summary>
    private async Task<bool> CommitInPartsAsync(LeaseToken lease, TickCommand[] writes)
    {
        await connection.Database.KeyDeleteAsync(StoreKeys.TickRedo).ConfigureAwait(false);
        var parts = new List<RedisKey>();
        foreach (var part in InParts(writes))
        {
            var key = StoreKeys.TickPart(parts.Count);
            if (!await RunAsync(TickScript.Stage, [key, StoreKeys.ControlLease], lease, part).ConfigureAwait(false))
                return false;
            parts.Add(key);
        }

        return (bool)await connection.Database.ScriptEvaluateAsync(
            TickScript.CommitStaged, [StoreKeys.TickRedo, StoreKeys.ControlLease, .. Keys(writes), .. parts], [connection.RedoFlag, lease.Value, parts.Count])
            .ConfigureAwait(false);
    }

    private async Task<bool> RunAsync(string script, RedisKey[] keys, LeaseToken lease, IEnumerable<TickCommand> writes)
    {
        RedisValue[] values = [connection.RedoFlag, lease.Value, .. writes.SelectMany(one => one.Words.Prepend(one.Words.Length))];
        return (bool)await connection.Database.ScriptEvaluateAsync(script, keys, values).ConfigureAwait(false);
    }

    private static IEnumerable<List<TickCommand>> InParts(TickCommand[] writes)
    {
        var part = new List<TickCommand>();
        foreach (var write in writes)
        {
            if (part.Count > 0 && part.Sum(one => one.Bytes) + write.Bytes > PartBytes)
            {
                yield return part;
                part = [];
            }

            part.Add(write);
        }

        yield return part;
    }

    private static IEnumerable<TickCommand> Writes(TickWrite write)
    {
        if (write.Rows is { } rows)
        {
            var blocks = rows.ToLookup(row => Block(row.Key));
            var empty = Enumerable.Range(0, Blocks).Where(block => !blocks.Contains(block)).Select(block => (RedisValue)$"b{block:x2}").ToArray();
            foreach (var block in blocks)
                yield return new(StoreKeys.Guard, ["HSET", Name(StoreKeys.Guard), $"b{block.Key:x2}", Packed.Rows(block)]);
            if (empty.Length > 0)
                yield return new(StoreKeys.Guard, ["HDEL", Name(StoreKeys.Guard), .. empty]);
        }

        if (write.Counters is { } counters)
            yield return new(StoreKeys.Guard, ["HSET", Name(StoreKeys.Guard), CountersField, counters]);
        foreach (var bucket in write.Minutes.Select(minute => (Key: StoreKeys.Minute(minute.Index), Expiry: SliStore.MinuteExpiry(minute.Index), minute.Counts))
            .Concat(write.Hours.Select(hour => (Key: StoreKeys.Hour(hour.Index), Expiry: SliStore.HourExpiry(hour.Index), hour.Counts))))
        {
            yield return new(bucket.Key, ["SET", Name(bucket.Key), Packed.Counts(bucket.Counts)]);
            yield return new(bucket.Key, ["EXPIREAT", Name(bucket.Key), bucket.Expiry.ToString(CultureInfo.InvariantCulture)]);
        }
    }

    private static RedisKey[] Keys(IEnumerable<TickCommand> writes) => [.. writes.Select(one => one.Key).Distinct()];

    private static RedisValue Name(RedisKey key) => key.ToString();

    /// <summary>FNV-1a over UTF-8: the same row is in the same block for ever.</summary>
    private static int Block(string row)
    {
        var hash = 2166136261;
        foreach (var one in Encoding.UTF8.GetBytes(row))
            hash = (hash ^ one) * 16777619;
        return (int)(hash % Blocks);
    }

    private sealed record TickCommand(RedisKey Key, RedisValue[] Words)
    {
        public long Bytes { get; } = Words.Sum(word => word.GetByteCount());
    }
}
