using System.Globalization;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// One key with all that is in it, to be put elsewhere. Items of a hash are field and value in turn, of a sorted set member
/// and score.
/// </summary>
internal sealed record StoredKey(string Key, RedisType Type, IReadOnlyList<RedisValue> Items, TimeSpan? Left)
{
    private const int MostBytes = 1024 * 1024;

    /// <summary>Null if there is no such key any more.</summary>
    public static async Task<StoredKey?> ReadAsync(IDatabase database, RedisKey key)
    {
        var type = await database.KeyTypeAsync(key).ConfigureAwait(false);
        RedisValue[] items = type switch
        {
            RedisType.None => [],
            RedisType.String => [await database.StringGetAsync(key).ConfigureAwait(false)],
            RedisType.List => await database.ListRangeAsync(key).ConfigureAwait(false),
            RedisType.Set => await database.SetMembersAsync(key).ConfigureAwait(false),
            RedisType.Hash => [.. (await database.HashGetAllAsync(key).ConfigureAwait(false)).SelectMany(entry => (RedisValue[])[entry.Name, entry.Value])],
            RedisType.SortedSet => [.. (await database.SortedSetRangeByRankWithScoresAsync(key).ConfigureAwait(false)).SelectMany(entry => (RedisValue[])[entry.Element, Score(entry.Score)])],
            _ => throw new InvalidDataException($"The key {key} is of the unknown type {type}."),
        };
        if (items.Length == 0 || items[0].IsNull)
            return null;
        // Nothing else expires here, and with the embedded store asking takes as long as reading does.
        var left = type is RedisType.String ? await database.KeyTimeToLiveAsync(key).ConfigureAwait(false) : null;
        return new(key.ToString(), type, items, left);
    }

    /// <summary>Takes the place of what is there.</summary>
    public async Task WriteAsync(IDatabase database)
    {
        await database.KeyDeleteAsync(Key).ConfigureAwait(false);
        foreach (var part in Parts(Type is RedisType.Hash or RedisType.SortedSet ? 2 : 1))
        {
            await (Type switch
            {
                RedisType.String => database.StringSetAsync(Key, part[0]),
                RedisType.List => database.ListRightPushAsync(Key, part),
                RedisType.Set => database.SetAddAsync(Key, part),
                RedisType.Hash => database.HashSetAsync(Key, [.. part.Chunk(2).Select(pair => new HashEntry(pair[0], pair[1]))]),
                RedisType.SortedSet => (Task)database.SortedSetAddAsync(Key, [.. part.Chunk(2).Select(pair => new SortedSetEntry(pair[0], (double)pair[1]))]),
                _ => throw new InvalidDataException($"The key {Key} is of the unknown type {Type}."),
            }).ConfigureAwait(false);
        }

        if (Left is { } left)
            await database.KeyExpireAsync(Key, left).ConfigureAwait(false);
    }

    /// <summary>So that it can be read again as it was.</summary>
    internal static RedisValue Score(double score) => score.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>One command must not be longer than what the embedded store can log at once.</summary>
    private IEnumerable<RedisValue[]> Parts(int unit)
    {
        var (part, bytes) = (new List<RedisValue>(), 0L);
        foreach (var one in Items.Chunk(unit))
        {
            var more = one.Sum(item => item.Length());
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
