using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Makes scripts with several writes atomic across a crash of the embedded store. Redis logs a script as one
/// transaction, Garnet logs each of its writes by itself: killed in the middle of a script that rewrote 3,000 fields, it
/// came back with 774 of them (EVAL inside MULTI, which would be logged as one, hangs). So a script first puts the
/// list of its writes under one key, which is one log record and its moment of commit, applies them, and notes that they are. A
/// list found on start without that note is applied again; the writes are absolute, so doing that twice changes nothing.
/// Every script whose keys overlap shares a redo key, so the list found there is always the latest commit on them. A
/// list that is too long for one log record is put aside in parts first, and the record of the commit names them.
/// The note is the last byte, written in place: a key that is deleted and set again takes its room in the store each time.
/// </summary>
internal static class RedoLog
{
    /// <summary>
    /// Lua for scripts that commit several writes. <c>KEYS[1]</c> is the redo key and <c>ARGV[1]</c> is '1' where the log is
    /// needed. A push is repeated only if it is not yet the last element: pushed values must differ from their
    /// predecessors.
    /// </summary>
    public const string Prelude = """
        local function begin(list)
          local packed = cmsgpack.pack(list)
          redis.call('SET', KEYS[1], packed .. '\195')
          return #packed
        end
        local function done(at)
          redis.call('SETRANGE', KEYS[1], at, '\194')
        end
        local function apply(write, again)
          if again and write[1] == 'RPUSH' and redis.call('LINDEX', write[2], -1) == write[3] then return end
          redis.call(unpack(write))
        end
        local function commit(writes)
          local at = ARGV[1] == '1' and begin({keys = KEYS, writes = writes})
          for i = 1, #writes do apply(writes[i], false) end
          if at then done(at) end
        end

        """;

    private const string ReadKeys = "return cmsgpack.unpack(redis.call('GET', KEYS[1])).keys";

    /// <summary>The byte that says that a list is applied; until then it is 195. In MessagePack they are false and true.</summary>
    private const byte Applied = 194;

    private const string Replay = Prelude + """
        local function again(writes)
          for i = 1, #writes do apply(writes[i], true) end
        end
        local found = redis.call('GET', KEYS[1])
        local list = cmsgpack.unpack(found)
        again(list.writes or {})
        for _, part in ipairs(list.parts or {}) do again(cmsgpack.unpack(redis.call('GET', part))) end
        done(#found - 1)
        """;

    /// <summary>Under which lists are found.</summary>
    internal static IEnumerable<RedisKey> Keys =>
        [StoreKeys.OutcomeRedo, StoreKeys.TickRedo, .. Enumerable.Range(0, StoreKeys.Shards).Select(StoreKeys.ShardRedo)];

    /// <summary>Finishes what a crash may have cut off, all at once, since what the lists write is disjoint. Only before anything else uses the store.</summary>
    public static Task ReplayAsync(IDatabase database) => Task.WhenAll(Keys.Select(key => ReplayAsync(database, key)));

    /// <summary>Whether the list under this key is to be applied yet.</summary>
    internal static async Task<bool> IsPendingAsync(IDatabase database, RedisKey redo) =>
        (byte[]?)await database.StringGetRangeAsync(redo, -1, -1).ConfigureAwait(false) is [not Applied];

    private static async Task ReplayAsync(IDatabase database, RedisKey redo)
    {
        if (!await IsPendingAsync(database, redo).ConfigureAwait(false))
            return;
        var keys = (RedisKey[])(await database.ScriptEvaluateAsync(ReadKeys, [redo]).ConfigureAwait(false))!;
        await database.ScriptEvaluateAsync(Replay, keys, ["1"]).ConfigureAwait(false);
    }
}
