namespace ReleaseTracks.Server.Store;

/// <summary>Keys of both: redo, user, receipts, counts, all in the user's shard.</summary>
internal static class EnrollmentScripts
{
    /// <summary>ARGV: redo, expected version or '', track, source, disclosure or '', organisation or '', since, receipt, kept receipts.</summary>
    public const string Change = RedoLog.Prelude + CountOf + """
        local old = redis.call('HMGET', KEYS[2], 't', 's', 'd', 'o', 'v')
        local version = tonumber(old[5] or '0')
        if ARGV[2] ~= '' and tonumber(ARGV[2]) ~= version then return {2, version} end
        if old[1] == ARGV[3] and old[2] == ARGV[4] and old[3] == ARGV[5] and old[4] == ARGV[6] then return {1, version} end
        local writes = {
          {'HSET', KEYS[2], 't', ARGV[3], 's', ARGV[4], 'd', ARGV[5], 'o', ARGV[6], 'a', ARGV[7],
            'v', string.format('%.0f', version + 1)},
          {'RPUSH', KEYS[3], ARGV[8]}}
        if redis.call('LLEN', KEYS[3]) >= tonumber(ARGV[9]) then
          table.insert(writes, {'LTRIM', KEYS[3], '-' .. ARGV[9], '-1'})
        end
        if old[1] ~= ARGV[3] then
          local counts = {'HSET', KEYS[4], ARGV[3], countOf(ARGV[3], 1)}
          if old[1] then
            table.insert(counts, old[1])
            table.insert(counts, countOf(old[1], -1))
          end
          table.insert(writes, counts)
        end
        commit(writes)
        return {0, version + 1}
        """;

    /// <summary>
    /// ARGV: redo. The redo log names the user and may hold the receipt, so it goes too; a crash before that leaves it to
    /// the next start, which erases again.
    /// </summary>
    public const string Erase = RedoLog.Prelude + CountOf + """
        local track = redis.call('HGET', KEYS[2], 't')
        local writes = {{'DEL', KEYS[2]}, {'DEL', KEYS[3]}}
        if track then table.insert(writes, {'HSET', KEYS[4], track, countOf(track, -1)}) end
        local found = redis.call('EXISTS', KEYS[2]) + redis.call('EXISTS', KEYS[3])
        if found > 0 then commit(writes) end
        if ARGV[1] == '1' then redis.call('DEL', KEYS[1]) end
        return found
        """;

    private const string CountOf = """
        local function countOf(track, change)
          local now = tonumber(redis.call('HGET', KEYS[4], track) or '0') + change
          return string.format('%.0f', math.max(now, 0))
        end

        """;
}
