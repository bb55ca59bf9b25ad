using System.Globalization;
using System.Text;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>One write of a tick, by its Redis words.</summary>
internal sealed record TickCommand(RedisKey Key, RedisValue[] Words)
{
    public long Bytes { get; } = Words.Sum(word => word.GetByteCount());
}

/// <summary>
/// The writes of a tick. The rows are stored in 256 blocks, since a field of a hash costs the store more than its bytes. Only
/// fields that differ from those of the commit before are written: most features are idle most of the time.
/// </summary>
internal static class TickCommands
{
    public const string Counters = "~counters";

    private const int Blocks = 256;
    private static readonly string[] BlockNames = [.. Enumerable.Range(0, Blocks).Select(block => $"b{block:x2}")];

    /// <summary>Every field there may be.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. BlockNames, Counters];

    /// <param name="write">What to remember.</param>
    /// <param name="number">Of this commit.</param>
    /// <returns>The writes, and the hashes of the fields as they are afterwards.</returns>
    public static (IReadOnlyList<TickCommand> Commands, Dictionary<string, UInt128> Hashes) Of(TickWrite write, long number)
    {
        var known = write.Since?.Fields;
        var fields = FieldsOf(write);
        var hashes = GuardCommit.Hashes(fields);
        var changed = fields.Where(field => known?.TryGetValue(field.Key, out var hash) is not true || hash != hashes[field.Key]).ToList();
        var gone = write.Rows is null ? [] : BlockNames.Where(name => !fields.ContainsKey(name) && known?.ContainsKey(name) is not false);
        foreach (var (name, hash) in known ?? new Dictionary<string, UInt128>())
        {
            if (name == Counters ? write.Counters is null : write.Rows is null)
                hashes[name] = hash;
        }

        return ([Number(number), .. Guard(changed, [.. gone.Select(name => (RedisValue)name)]), .. Buckets(write)], hashes);
    }

    private static Dictionary<string, byte[]> FieldsOf(TickWrite write)
    {
        var fields = (write.Rows ?? new Dictionary<string, byte[]>())
            .OrderBy(row => row.Key, StringComparer.Ordinal)
            .ToLookup(row => Block(row.Key))
            .ToDictionary(block => BlockNames[block.Key], Packed.Rows, StringComparer.Ordinal);
        if (write.Counters is { } counters)
            fields[Counters] = counters;
        return fields;
    }

    private static TickCommand Number(long number) =>
        new(StoreKeys.GuardCommit, ["SET", Name(StoreKeys.GuardCommit), number.ToString(CultureInfo.InvariantCulture)]);

    private static IEnumerable<TickCommand> Guard(IEnumerable<KeyValuePair<string, byte[]>> changed, RedisValue[] gone)
    {
        foreach (var (name, bytes) in changed)
            yield return new(StoreKeys.Guard, ["HSET", Name(StoreKeys.Guard), name, bytes]);
        if (gone.Length > 0)
            yield return new(StoreKeys.Guard, ["HDEL", Name(StoreKeys.Guard), .. gone]);
    }

    private static IEnumerable<TickCommand> Buckets(TickWrite write) =>
    [
        .. write.Minutes.SelectMany(minute => Bucket(StoreKeys.Minute(minute.Index), SliStore.MinuteExpiry(minute.Index), minute)),
        .. write.Hours.SelectMany(hour => Bucket(StoreKeys.Hour(hour.Index), SliStore.HourExpiry(hour.Index), hour)),
    ];

    private static TickCommand[] Bucket(RedisKey key, long expiry, StoredBucket bucket) =>
    [
        new(key, ["SET", Name(key), Packed.Counts(bucket.Counts)]),
        new(key, ["EXPIREAT", Name(key), expiry.ToString(CultureInfo.InvariantCulture)]),
    ];

    private static RedisValue Name(RedisKey key) => key.ToString();

    /// <summary>FNV-1a over UTF-8: the same row is in the same block for ever.</summary>
    private static int Block(string row)
    {
        var hash = 2166136261;
        foreach (var one in Encoding.UTF8.GetBytes(row))
            hash = (hash ^ one) * 16777619;
        return (int)(hash % Blocks);
    }
}
