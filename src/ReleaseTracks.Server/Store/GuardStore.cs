using System.Collections.Frozen;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>Everything one tick of the control loop remembers. Rows not named stay as they are.</summary>
public sealed record TickWrite
{
    public IReadOnlyDictionary<string, byte[]> Rows { get; init; } = FrozenDictionary<string, byte[]>.Empty;

    public IReadOnlyList<string> RemovedRows { get; init; } = [];

    /// <summary>The counters as of this tick; null leaves the former ones.</summary>
    public byte[]? Counters { get; init; }

    public IReadOnlyList<SliIncrement> Increments { get; init; } = [];
}

/// <summary>The guard as it was last committed; <see cref="Counters"/> is null before the first tick.</summary>
public sealed record StoredGuard(FrozenDictionary<string, byte[]> Rows, byte[]? Counters);

/// <summary>
/// State of the guard between two ticks. The rows, the buckets and the counters they were computed from are committed
/// together: if they could part, a crash would make the next tick count the same events twice or never.
/// </summary>
public sealed class GuardStore(StoreConnection connection)
{
    /// <summary>What one tick may write: the embedded store logs it as one record, and a record is at most 8 MB.</summary>
    public const int MaxTickBytes = 6 * 1024 * 1024;

    private const string CountersField = "~counters";

    public async Task<StoredGuard> ReadAsync()
    {
        var entries = await connection.Database.HashGetAllAsync(StoreKeys.Guard).ConfigureAwait(false);
        var all = entries.ToDictionary(entry => entry.Name.ToString(), entry => (byte[])entry.Value!);
        all.Remove(CountersField, out var counters);
        return new StoredGuard(all.ToFrozenDictionary(), counters);
    }

    /// <summary>All of it, or nothing and false when the lease is no longer ours.</summary>
    public async Task<bool> CommitTickAsync(LeaseToken lease, TickWrite write)
    {
        var (keys, values) = Arguments(lease, write);
        return (bool)await connection.Database.ScriptEvaluateAsync(TickScript.Text, keys, values).ConfigureAwait(false);
    }

    private (RedisKey[] Keys, RedisValue[] Values) Arguments(LeaseToken lease, TickWrite write)
    {
        var keys = new List<RedisKey> { StoreKeys.TickRedo, StoreKeys.ControlLease, StoreKeys.Guard };
        var values = new List<RedisValue> { connection.RedoFlag, lease.Value, write.Rows.Count + (write.Counters is null ? 0 : 1) };
        foreach (var (row, state) in write.Rows)
        {
            if (row.StartsWith('~'))
                throw new ArgumentException("Rows that start with '~' are the store's own.", nameof(write));
            values.Add(row);
            values.Add(state);
        }
        if (write.Counters is { } counters)
        {
            values.Add(CountersField);
            values.Add(counters);
        }
        values.Add(write.RemovedRows.Count);
        values.AddRange(write.RemovedRows.Select(row => (RedisValue)row));
        foreach (var bucket in write.Increments.GroupBy(increment => increment.Minute))
            AddBucket(keys, values, StoreKeys.Minute(bucket.Key), SliStore.MinuteExpiry(bucket.Key), bucket);
        foreach (var bucket in write.Increments.GroupBy(increment => increment.Minute / 60))
            AddBucket(keys, values, StoreKeys.Hour(bucket.Key), SliStore.HourExpiry(bucket.Key), bucket);
        ThrowIfTooLarge(values);
        return ([.. keys], [.. values]);
    }

    private static void AddBucket(
        List<RedisKey> keys, List<RedisValue> values, RedisKey key, long expiry, IEnumerable<SliIncrement> increments)
    {
        var series = increments.GroupBy(increment => increment.Series).ToList();
        keys.Add(key);
        values.Add(expiry);
        values.Add(series.Count);
        foreach (var group in series)
        {
            values.Add(group.Key);
            values.Add(group.Sum(increment => increment.Total));
            values.Add(group.Sum(increment => increment.Bad));
        }
    }

    private static void ThrowIfTooLarge(List<RedisValue> values)
    {
        var bytes = values.Sum(value => value.GetByteCount());
        if (bytes > MaxTickBytes)
            throw new InvalidOperationException($"One tick would write {bytes} bytes; at most {MaxTickBytes} can be committed together.");
    }
}
