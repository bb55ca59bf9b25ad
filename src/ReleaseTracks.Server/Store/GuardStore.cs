using System.Collections.Frozen;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>The guard as it was last committed; <see cref="Counters"/> is null before the first tick.</summary>
public sealed record StoredGuard(FrozenDictionary<string, byte[]> Rows, byte[]? Counters, GuardCommit Commit);

/// <summary>
/// State of the guard between two ticks. The rows, the buckets and the counters they were computed from are committed
/// together: if they could part, a crash would make the next tick count the same events twice or never.
/// </summary>
public sealed class GuardStore(StoreConnection connection)
{
    /// <summary>What one field may hold: the embedded store logs it as one record, and a record is at most 8 MB.</summary>
    public const int MaxFieldBytes = 6 * 1024 * 1024;

    /// <summary>
    /// More than this goes to the embedded store in several records, and is committed by the last of them. Each is in memory
    /// about ten times on its way (both ends of the connection and the script, in buffers that double), and stays there.
    /// </summary>
    private const int PartBytes = 256 * 1024;

    private const int FieldsAtOnce = 16;

    /// <summary>In several answers of a few fields; a commit in between would tear them, so the number must stay the same.</summary>
    public async Task<StoredGuard> ReadAsync()
    {
        while (true)
        {
            var number = await NumberAsync().ConfigureAwait(false);
            var read = TickCommands.Fields.Chunk(FieldsAtOnce).Select(ReadFieldsAsync).ToArray();
            var fields = (await Task.WhenAll(read).ConfigureAwait(false)).SelectMany(some => some).ToDictionary(StringComparer.Ordinal);
            if (await NumberAsync().ConfigureAwait(false) != number)
                continue;
            var commit = GuardCommit.Of(number, fields);
            fields.Remove(TickCommands.Counters, out var counters);
            return new(fields.Values.SelectMany(Packed.Rows).ToFrozenDictionary(StringComparer.Ordinal), counters, commit);
        }
    }

    /// <summary>All of it, or nothing and false when the lease is no longer ours.</summary>
    /// <exception cref="InvalidOperationException">
    /// One value is larger than <see cref="MaxFieldBytes"/>, or the store does not hold the commit that this one builds on;
    /// nothing was written then.
    /// </exception>
    public async Task<bool> CommitTickAsync(LeaseToken lease, TickWrite write)
    {
        var since = write.Since ?? GuardCommit.Of(await NumberAsync().ConfigureAwait(false), []);
        var (commands, hashes) = TickCommands.Of(write, since.Number + 1);
        if (commands.SelectMany(one => one.Words).FirstOrDefault(word => word.GetByteCount() > MaxFieldBytes) is { IsNull: false } large)
            throw new InvalidOperationException($"One value of a tick has {large.GetByteCount()} bytes; at most {MaxFieldBytes} can be stored.");
        var committed = connection.IsEmbedded && commands.Sum(one => one.Bytes) > PartBytes
            ? await CommitInPartsAsync(lease, since.Number, commands).ConfigureAwait(false)
            : await RunAsync(TickScript.Commit, [StoreKeys.TickRedo, StoreKeys.ControlLease, .. Keys(commands)], lease, since.Number, commands).ConfigureAwait(false);
        if (committed == TickScript.Behind)
        {
            throw new InvalidOperationException(
                $"The store does not hold commit {since.Number} of the guard, which this one builds on: it lost writes, as in a failover. " +
                "The next round begins with what it holds.");
        }

        if (committed == TickScript.LeaseLost)
            return false;
        since.Advance(since.Number + 1, hashes);
        return true;
    }

    private async Task<long> NumberAsync() => (long)await connection.Database.StringGetAsync(StoreKeys.GuardCommit).ConfigureAwait(false);

    private async Task<IEnumerable<KeyValuePair<string, byte[]>>> ReadFieldsAsync(string[] fields)
    {
        var values = await connection.Database.HashGetAsync(StoreKeys.Guard, [.. fields.Select(field => (RedisValue)field)]).ConfigureAwait(false);
        return fields.Zip(values).Where(pair => !pair.Second.IsNull).Select(pair => KeyValuePair.Create(pair.First, (byte[])pair.Second!));
    }

    /// <summary>
    /// A former commit that failed halfway left its record, which must go before its parts are overwritten: a replay must never
    /// mix two ticks.
    /// </summary>
    private async Task<int> CommitInPartsAsync(LeaseToken lease, long since, IReadOnlyList<TickCommand> commands)
    {
        await connection.Database.KeyDeleteAsync(StoreKeys.TickRedo).ConfigureAwait(false);
        var parts = new List<RedisKey>();
        foreach (var part in InParts(commands))
        {
            var key = StoreKeys.TickPart(parts.Count);
            var staged = await RunAsync(TickScript.Stage, [key, StoreKeys.ControlLease], lease, since, part).ConfigureAwait(false);
            if (staged != TickScript.Done)
                return staged;
            parts.Add(key);
        }

        return (int)await connection.Database.ScriptEvaluateAsync(
            TickScript.CommitStaged, [StoreKeys.TickRedo, StoreKeys.ControlLease, .. Keys(commands), .. parts], [connection.RedoFlag, lease.Value, since, parts.Count])
            .ConfigureAwait(false);
    }

    private async Task<int> RunAsync(string script, RedisKey[] keys, LeaseToken lease, long since, IEnumerable<TickCommand> commands)
    {
        RedisValue[] values = [connection.RedoFlag, lease.Value, since, .. commands.SelectMany(one => one.Words.Prepend(one.Words.Length))];
        return (int)await connection.Database.ScriptEvaluateAsync(script, keys, values).ConfigureAwait(false);
    }

    private static IEnumerable<List<TickCommand>> InParts(IReadOnlyList<TickCommand> commands)
    {
        var part = new List<TickCommand>();
        long bytes = 0;
        foreach (var command in commands)
        {
            if (part.Count > 0 && bytes + command.Bytes > PartBytes)
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(command);
            bytes += command.Bytes;
        }

        yield return part;
    }

    /// <summary>The number of the commit comes first: the scripts compare it.</summary>
    private static IEnumerable<RedisKey> Keys(IEnumerable<TickCommand> commands) =>
        commands.Select(one => one.Key).Prepend(StoreKeys.GuardCommit).Distinct();
}
