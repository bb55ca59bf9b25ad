namespace ReleaseTracks.Server.Store;

/// <summary>
/// Commits the writes of one tick if the lease is still held and the store holds the commit before. ARGV: redo, lease value, number
/// of that commit, then for each write the number of its words and the words. Its keys are in KEYS as well, so that the
/// script stays in one slot.
/// </summary>
internal static class TickScript
{
    /// <summary>What the scripts return.</summary>
    public const int Done = 1, LeaseLost = 0, Behind = -1;

    private const string Writes = """
        local function writes()
          local list, at = {}, 4
          while at <= #ARGV do
            local words, count = {}, tonumber(ARGV[at])
            for i = 1, count do words[i] = ARGV[at + i] end
            table.insert(list, words)
            at = at + count + 1
          end
          return list
        end

        """;

    private const string Check = """
        if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
        if (redis.call('GET', KEYS[3]) or '0') ~= ARGV[3] then return -1 end

        """;

    /// <summary>KEYS: redo, lease, number of the commit, then the others of the writes.</summary>
    public const string Commit = RedoLog.Prelude + Writes + Check + """
        commit(writes())
        return 1
        """;

    /// <summary>KEYS: part, lease. Puts writes aside, for a commit that is too large for one record of the log.</summary>
    public const string Stage = Writes + """
        if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
        redis.call('SET', KEYS[1], cmsgpack.pack(writes()))
        return 1
        """;

    /// <summary>
    /// KEYS: redo, lease, number of the commit, the others of the writes, and last the parts. ARGV: redo, lease value, number of the commit
    /// before, number of parts.
    /// </summary>
    public const string CommitStaged = RedoLog.Prelude + Check + """
        local parts = {}
        for i = #KEYS - tonumber(ARGV[4]) + 1, #KEYS do table.insert(parts, KEYS[i]) end
        local at = begin({keys = KEYS, parts = parts})
        for _, part in ipairs(parts) do
          local list = cmsgpack.unpack(redis.call('GET', part))
          for i = 1, #list do apply(list[i], false) end
        end
        done(at)
        return 1
        """;
}
