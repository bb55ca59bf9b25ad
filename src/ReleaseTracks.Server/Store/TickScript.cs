namespace ReleaseTracks.Server.Store;

/// <summary>
/// KEYS: redo, lease, guard, then one per bucket. ARGV: redo, lease value, number of rows, (field, value)…, number of
/// removed rows, fields…, then for each bucket: expiry, number of series, (series, total, bad)….
/// Fields are written 500 at a time: on Garnet each command waits for the disk by itself, and 3,000 single
/// writes took 500 ms where these take 10; Lua 5.1 in Redis unpacks no more than some 8,000 values.
/// </summary>
internal static class TickScript
{
    public const string Text = RedoLog.Prelude + """
        if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
        local at, writes = 3, {}
        local function take()
          at = at + 1
          return ARGV[at - 1]
        end
        local function write(command, key, count, value)
          local left = count
          while left > 0 do
            local part = {command, key}
            for _ = 1, math.min(left, 500) do value(part) end
            table.insert(writes, part)
            left = left - 500
          end
        end
        local function copy(width)
          return function(part)
            for _ = 1, width do table.insert(part, take()) end
          end
        end
        write('HSET', KEYS[3], tonumber(take()), copy(2))
        write('HDEL', KEYS[3], tonumber(take()), copy(1))
        for bucket = 4, #KEYS do
          local expiry, count = take(), tonumber(take())
          local current = {}
          for from = 0, count - 1, 500 do
            local fields = {}
            for i = from, math.min(from + 499, count - 1) do table.insert(fields, ARGV[at + 3 * i]) end
            for _, value in ipairs(redis.call('HMGET', KEYS[bucket], unpack(fields))) do table.insert(current, value or '0 0') end
          end
          local i = 0
          write('HSET', KEYS[bucket], count, function(part)
            i = i + 1
            local total, bad = string.match(current[i], '^(%d+) (%d+)$')
            table.insert(part, take())
            table.insert(part, string.format('%.0f %.0f', tonumber(total) + tonumber(take()), tonumber(bad) + tonumber(take())))
          end)
          table.insert(writes, {'EXPIREAT', KEYS[bucket], expiry})
        end
        commit(writes)
        return 1
        """;
}
