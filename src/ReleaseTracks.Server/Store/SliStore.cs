using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

public readonly record struct SliCount(string Series, long Total, long Bad);

/// <summary>Index is the unix minute or the unix hour.</summary>
public sealed record StoredBucket(long Index, IReadOnlyList<SliCount> Counts);

public sealed record StoredBuckets(IReadOnlyList<StoredBucket> Minutes, IReadOnlyList<StoredBucket> Hours);

/// <summary>
/// Minute buckets for 7 hours (the longest burn-rate window is 6) and hour buckets for 91 days, from which budgets and
/// burn rates are rebuilt on start. Only the control loop writes them: <see cref="GuardStore.CommitTickAsync"/>.
/// </summary>
public sealed class SliStore(StoreConnection connection)
{
    private const int PipelineDepth = 256;

    public static TimeSpan MinutesKept { get; } = TimeSpan.FromHours(7);

    public static TimeSpan HoursKept { get; } = TimeSpan.FromDays(91);

    /// <summary>Every bucket that is still kept and not empty, oldest first.</summary>
    public async Task<StoredBuckets> ReadAsync(DateTimeOffset now)
    {
        var minute = now.ToUnixTimeSeconds() / 60;
        var hour = minute / 60;
        var minutes = await ReadRangeAsync(
            minute - (long)MinutesKept.TotalMinutes, minute, StoreKeys.Minute).ConfigureAwait(false);
        var hours = await ReadRangeAsync(
            hour - (long)HoursKept.TotalHours, hour, StoreKeys.Hour).ConfigureAwait(false);
        return new StoredBuckets(minutes, hours);
    }

    internal static long MinuteExpiry(long minute) => ((minute + 1) * 60) + (long)MinutesKept.TotalSeconds;

    internal static long HourExpiry(long hour) => ((hour + 1) * 3600) + (long)HoursKept.TotalSeconds;

    private async Task<List<StoredBucket>> ReadRangeAsync(long first, long last, Func<long, RedisKey> key)
    {
        var buckets = new List<StoredBucket>();
        var database = connection.Database;
        for (var from = first; from <= last; from += PipelineDepth)
        {
            var indexes = Enumerable.Range(0, (int)Math.Min(PipelineDepth, last - from + 1)).Select(i => from + i).ToList();
            var values = await Task.WhenAll(indexes.Select(index => database.StringGetAsync(key(index)))).ConfigureAwait(false);
            buckets.AddRange(indexes.Zip(values)
                .Where(pair => !pair.Second.IsNull)
                .Select(pair => new StoredBucket(pair.First, Packed.Counts((byte[])pair.Second!))));
        }
        return buckets;
    }
}
