using System.Collections.Frozen;
using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>The built-in outcome counters. A batch counts exactly once, whoever sends it how often within 24 hours.</summary>
public sealed class OutcomeStore(StoreConnection connection)
{
    private static readonly TimeSpan BatchMemory = TimeSpan.FromHours(24);

    /// <summary>
    /// KEYS: redo, counters, batches, reported. ARGV: redo, batch id, now, oldest kept, number of series, then field, good, bad
    /// for each, then the (feature, track) pairs that reported. At most 200 old batches go per call.
    /// </summary>
    private const string Record = RedoLog.Prelude + """
        if redis.call('ZSCORE', KEYS[3], ARGV[2]) then return 0 end
        local count, writes = tonumber(ARGV[5]), {}
        for from = 1, count, 200 do
          local fields, deltas = {}, {}
          for i = from, math.min(from + 199, count) do
            local at = 3 * i + 3
            table.insert(fields, ARGV[at] .. '|good')
            table.insert(fields, ARGV[at] .. '|bad')
            table.insert(deltas, tonumber(ARGV[at + 1]))
            table.insert(deltas, tonumber(ARGV[at + 2]))
          end
          local current, write = redis.call('HMGET', KEYS[2], unpack(fields)), {'HSET', KEYS[2]}
          for i = 1, #fields do
            table.insert(write, fields[i])
            table.insert(write, string.format('%.0f', tonumber(current[i] or '0') + deltas[i]))
          end
          table.insert(writes, write)
        end
        local reported = {'HSET', KEYS[4]}
        for i = 6 + 3 * count, #ARGV do
          if tonumber(redis.call('HGET', KEYS[4], ARGV[i]) or '0') < tonumber(ARGV[3]) then
            table.insert(reported, ARGV[i])
            table.insert(reported, ARGV[3])
          end
        end
        if #reported > 2 then table.insert(writes, reported) end
        table.insert(writes, {'ZADD', KEYS[3], ARGV[3], ARGV[2]})
        local old = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', ARGV[4], 'LIMIT', '0', '200')
        if #old > 0 then table.insert(writes, {'ZREM', KEYS[3], unpack(old)}) end
        commit(writes)
        return 1
        """;

    /// <summary>False if the batch was counted before. Counters of a series start with both good and bad.</summary>
    public async Task<bool> RecordAsync(string batchId, IReadOnlyList<OutcomeCount> counts, DateTimeOffset now)
    {
        var series = counts.GroupBy(count => count.Series).ToList();
        var values = new List<RedisValue>
        {
            connection.RedoFlag,
            batchId,
            now.ToUnixTimeMilliseconds(),
            (now - BatchMemory).ToUnixTimeMilliseconds(),
            series.Count,
        };
        foreach (var group in series)
        {
            values.Add(OutcomeFields.Of(group.Key));
            values.Add(group.Sum(count => count.Good));
            values.Add(group.Sum(count => count.Bad));
        }
        values.AddRange(counts.Select(count => (RedisValue)$"{count.Feature}|{count.Track.Wire()}").Distinct());
        return (bool)await connection.Database.ScriptEvaluateAsync(
            Record,
            [StoreKeys.OutcomeRedo, StoreKeys.Counters, StoreKeys.Batches, StoreKeys.Reported],
            [.. values]).ConfigureAwait(false);
    }

    /// <summary>In one round trip.</summary>
    public async Task<OutcomeCounters> ReadAsync()
    {
        var database = connection.Database;
        var counters = database.HashGetAllAsync(StoreKeys.Counters);
        var reported = database.HashGetAllAsync(StoreKeys.Reported);
        return new OutcomeCounters(
            Totals(await counters.ConfigureAwait(false)), Reported(await reported.ConfigureAwait(false)));
    }

    private static FrozenDictionary<OutcomeSeries, OutcomeTotals> Totals(HashEntry[] entries)
    {
        var totals = new Dictionary<OutcomeSeries, OutcomeTotals>();
        foreach (var entry in entries)
        {
            var name = entry.Name.ToString();
            var end = name.LastIndexOf('|');
            if (end < 0 || !OutcomeFields.TryParse(name[..end], out var series))
                continue;
            var current = totals.GetValueOrDefault(series);
            totals[series] = name.EndsWith("|good", StringComparison.Ordinal)
                ? current with { Good = (long)entry.Value }
                : current with { Bad = (long)entry.Value };
        }
        return totals.ToFrozenDictionary();
    }

    private static FrozenDictionary<(string, TrackKey), DateTimeOffset> Reported(HashEntry[] entries)
    {
        var reported = new Dictionary<(string, TrackKey), DateTimeOffset>();
        foreach (var entry in entries)
        {
            var parts = entry.Name.ToString().Split('|');
            if (parts.Length == 2 && TrackKeys.TryParse(parts[1], out var track))
            {
                reported[(parts[0], track)] = DateTimeOffset.FromUnixTimeMilliseconds(
                    long.Parse(entry.Value.ToString(), CultureInfo.InvariantCulture));
            }
        }
        return reported.ToFrozenDictionary();
    }
}
