using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Plans;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Everything in the store that a backup has beside the ledger, key by key: who is on which track with the receipts, the
/// outcome counters, what the guard remembers, the budgets' buckets, what users reported, and how far destinations have heard. Not in it: what seals
/// sessions and stream tickets (secrets; a restored server makes new ones), leases and redo logs.
/// </summary>
public sealed class StoreDump(StoreConnection connection)
{
    private const int MostBytes = 1024 * 1024;
    private const int Pipelined = 64;

    /// <summary>What the guard had counted comes before the counters, or events between the two would be lost.</summary>
    private static readonly RedisKey[] ControlPlane =
        [StoreKeys.Guard, StoreKeys.Counters, StoreKeys.Reported, StoreKeys.Batches, StoreKeys.Feedback, StoreKeys.KeyUse, StoreKeys.Alerts];

    public static bool Belongs(string key) =>
        ControlPlane.Any(one => one == key)
        || key.StartsWith("{rt}:sli:", StringComparison.Ordinal)
        || (key.StartsWith("rt:{u", StringComparison.Ordinal) && key.Length > 10 && key[8] == '}'
            && (key[9..] == ":counts" || key[9..].StartsWith(":user:", StringComparison.Ordinal) || key[9..].StartsWith(":receipts:", StringComparison.Ordinal)));

    /// <summary>One JSON object for each key.</summary>
    public async IAsyncEnumerable<JsonElement> ReadAsync()
    {
        foreach (var page in (await KeysAsync()).Chunk(Pipelined))
        {
            foreach (var line in await Task.WhenAll(page.Select(ReadAsync)))
            {
                if (line is { } found)
                    yield return found;
            }
        }
    }

    /// <summary>Puts one key as it was, in place of what is there.</summary>
    /// <exception cref="InvalidDataException">It is not a key of a backup.</exception>
    public async Task WriteAsync(JsonElement line)
    {
        var database = connection.Database;
        var (key, type) = (line.GetProperty("key").GetString()!, line.GetProperty("type").GetString());
        if (!Belongs(key))
            throw new InvalidDataException($"The key {key} does not belong in a backup.");
        byte[][] items = [.. line.GetProperty("items").EnumerateArray().Select(item => item.GetBytesFromBase64())];
        await database.KeyDeleteAsync(key);
        foreach (var part in Parts(items, type is "hash" or "zset" ? 2 : 1))
        {
            RedisValue[] values = Array.ConvertAll(part, item => (RedisValue)item);
            await (type switch
            {
                "string" => database.StringSetAsync(key, values[0]),
                "list" => database.ListRightPushAsync(key, values),
                "hash" => database.HashSetAsync(key, [.. values.Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))]),
                "zset" => (Task)database.SortedSetAddAsync(key, [.. values.Chunk(2).Select(pair => new SortedSetEntry(pair[0], (double)pair[1]))]),
                _ => throw new InvalidDataException($"The key {key} is of the unknown type {type}."),
            });
        }

        if (line.TryGetProperty("expiresAt", out var at))
            await database.KeyExpireAsync(key, DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()).UtcDateTime);
    }

    /// <summary>What is in the store now, in the order in which it must be read.</summary>
    public async Task<IReadOnlyList<RedisKey>> KeysAsync()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in connection.Multiplexer.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
        {
            await foreach (var key in server.KeysAsync(pattern: "*rt*", pageSize: 1000))
            {
                if (Belongs(key.ToString()))
                    found.Add(key.ToString());
            }
        }

        RedisKey[] first = [.. ControlPlane.Where(key => found.Remove(key.ToString()))];
        return [.. first, .. found.Order(StringComparer.Ordinal).Select(key => (RedisKey)key)];
    }

    /// <summary>Null if it is gone by now.</summary>
    private async Task<JsonElement?> ReadAsync(RedisKey key)
    {
        var database = connection.Database;
        var type = await database.KeyTypeAsync(key);
        RedisValue[] items = type switch
        {
            RedisType.String => [await database.StringGetAsync(key)],
            RedisType.List => await database.ListRangeAsync(key),
            RedisType.Hash => [.. (await database.HashGetAllAsync(key)).SelectMany(entry => (RedisValue[])[entry.Name, entry.Value])],
            RedisType.SortedSet => [.. (await database.SortedSetRangeByRankWithScoresAsync(key)).SelectMany(entry => (RedisValue[])[entry.Element, Score(entry.Score)])],
            _ => [],
        };
        if (items.Length == 0 || items[0].IsNull)
            return null;
        var left = await database.KeyTimeToLiveAsync(key);
        return Json.Object(json =>
        {
            json.WriteString("key", key.ToString());
            json.WriteString("type", type == RedisType.SortedSet ? "zset" : type.ToString().ToLowerInvariant());
            json.WriteArray("items", items, (writer, item) => writer.WriteBase64StringValue((byte[])item!));
            if (left is { } expiry)
                json.WriteNumber("expiresAt", (connection.Now + expiry).ToUnixTimeMilliseconds());
        });
    }

    private static RedisValue Score(double score) => score.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>One command must not be longer than what the embedded store can log at once.</summary>
    private static IEnumerable<byte[][]> Parts(byte[][] items, int unit)
    {
        var (part, bytes) = (new List<byte[]>(), 0);
        foreach (var one in items.Chunk(unit))
        {
            var more = one.Sum(item => item.Length);
            if (part.Count > 0 && bytes + more > MostBytes)
            {
                yield return [.. part];
                part.Clear();
                bytes = 0;
            }

            part.AddRange(one);
            bytes += more;
        }

        if (part.Count > 0)
            yield return [.. part];
    }
}
