namespace ReleaseTracks.Server.Store;

/// <summary>The last 10,000 reports by users, for people to read. What they count for is the outcome store's business.</summary>
public sealed class FeedbackStore(StoreConnection connection)
{
    public const int Kept = 10_000;

    private const string Add = """
        redis.call('RPUSH', KEYS[1], ARGV[1])
        redis.call('LTRIM', KEYS[1], '-' .. ARGV[2], '-1')
        return 1
        """;

    public Task AddAsync(byte[] record) =>
        connection.Database.ScriptEvaluateAsync(Add, [StoreKeys.Feedback], [record, Kept]);

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<byte[]>> LatestAsync(int count)
    {
        if (count <= 0)
            return [];
        var values = await connection.Database.ListRangeAsync(StoreKeys.Feedback, -count).ConfigureAwait(false);
        Array.Reverse(values);
        return Array.ConvertAll(values, value => (byte[])value!);
    }
}
