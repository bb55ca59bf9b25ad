using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Makes scripts with several writes atomic across a crash of the embedded store. Redis logs a script as one
/// transaction, Garnet logs each of its writes by itself: killed in the middle of a script that rewrote 3,000 fields, it
/// came back with 774 of them (EVAL inside MULTI, which would be logged as one, hangs). So a script first puts the
/// list of its writes under one key, which is one log record and its moment of commit, and then applies them. On start
/// the last list of every script is applied again; the writes are absolute, so doing that twice changes nothing.
/// Every script whose keys overlap shares a redo key, so the list found there is always the latest commit on them. A
/// list that is too long for one log record is put aside in parts first, and the record of the commit names them.
/// </summary>
internal static class RedoLog
{
    /// <summary>
    /// Lua for scripts that commit several writes. <c>KEYS[1]</c> is the redo key and <c>ARGV[1]</c> is '1' where the log is
    /// needed. A push is repeated only if it is not yet the last element: pushed values must differ from their
    /// predecessors.
    /// </summary>
    public const string Prelude = """
        local function apply(write, again)
          if again and write[1] == 'RPUSH' and redis.call('LINDEX', write[2], -1) == write[3] then return end
          redis.call(unpack(write))
        end
        local function commit(writes)
          if ARGV[1] == '1' then
            redis.call('SET', KEYS[1], cmsgpack.pack({keys = KEYS, writes = writes}))
          end
          for i = 1, #writes do apply(writes[i], false) end
        end

        """;

    private const string ReadKeys = """
        local packed = redis.call('GET', KEYS[1])
        if not packed then return {} end
        return cmsgpack.unpack(packed).keys
        """;

    private const string Replay = Prelude + """
        local function again(writes)
          for i = 1, #writes do apply(writes[i], true) end
        end
        local packed = cmsgpack.unpack(redis.call('GET', KEYS[1]))
        again(packed.writes or {})
        for _, part in ipairs(packed.parts or {}) do again(cmsgpack.unpack(redis.call('GET', part))) end
        return 1
        """;

    /// <summary>Finishes what a crash may have cut off. Only before anything else uses the store.</summary>
    public static async Task ReplayAsync(IDatabase database)
    {
        RedisKey[] all = [StoreKeys.OutcomeRedo, StoreKeys.TickRedo,
            .. Enumerable.Range(0, StoreKeys.Shards).Select(StoreKeys.ShardRedo)];
        // All at once: their keys are disjoint, and one after the other the shards alone take half a second.
        await Task.WhenAll(all.Select(key => ReplayAsync(database, key))).ConfigureAwait(false);
    }

    private static async Task ReplayAsync(IDatabase database, RedisKey redo)
    {
        var keys = (RedisKey[]?)await database.ScriptEvaluateAsync(ReadKeys, [redo]).ConfigureAwait(false);
        if (keys is { Length: > 0 })
            await database.ScriptEvaluateAsync(Replay, keys, ["1"]).ConfigureAwait(false);
    }
}
