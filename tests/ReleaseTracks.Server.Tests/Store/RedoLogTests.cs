using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>A script with several writes, cut off between its commit and its last write.</summary>
public sealed class RedoLogTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static EnrollmentRecord Enrolled { get; } = new(TrackKey.Ai, "opt-in", Now, null, 3, 0);

    private static OutcomeCount Outcome { get; } = new("ranking", TrackKey.Ai, "on", Indicator.Quality, 3, 1);

    [Fact]
    public async Task Commit_WroteAll_LeavesNothingForTheNextStart()
    {
        using var data = new TemporaryDirectory();
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        var lease = (await bench.Leases.TryAcquireAsync("one", TimeSpan.FromHours(1)))!;

        await bench.Enrollments.ChangeAsync("anna", 0, Enrolled, [1]);
        await bench.Enrollments.ChangeAsync("anna", 1, Enrolled with { Track = TrackKey.Stable }, [2]);
        await bench.Outcomes.RecordAsync("b1", [Outcome], Now);
        Assert.True(await bench.Guard.CommitTickAsync(lease, Tick(1, rows: 20)));
        Assert.True(await bench.Guard.CommitTickAsync(lease, Tick(2, rows: 20_000)));

        await AssertNonePendingAsync(bench);
    }

    [Fact]
    public async Task Recover_ListsWereLeft_FinishesThem()
    {
        using var data = new TemporaryDirectory();
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            await bench.Enrollments.ChangeAsync("anna", 0, Enrolled with { Track = TrackKey.Stable }, [1]);
            var shard = StoreKeys.Shard("anna");
            // The one script died after its first two writes, the other before any; that one is of a version without the note.
            await LeaveAsync(
                bench,
                " .. '\\195'",
                "{{'HSET', KEYS[2], 't', 'ai', 'v', '2'}, {'RPUSH', KEYS[3], ARGV[1]}, {'HSET', KEYS[4], 'ai', '1', 'stable', '0'}}",
                [StoreKeys.ShardRedo(shard), StoreKeys.User("anna"), StoreKeys.Receipts("anna"), StoreKeys.Counts(shard)],
                new byte[] { 2 });
            await bench.Connection.Database.HashSetAsync(StoreKeys.User("anna"), [new("t", "ai"), new("v", 2)]);
            await bench.Connection.Database.ListRightPushAsync(StoreKeys.Receipts("anna"), new byte[] { 2 });
            await LeaveAsync(
                bench,
                "",
                "{{'HSET', KEYS[2], ARGV[1] .. '|good', '3', ARGV[1] .. '|bad', '1'}, {'ZADD', KEYS[3], ARGV[2], 'b1'}}",
                [StoreKeys.OutcomeRedo, StoreKeys.Counters, StoreKeys.Batches],
                OutcomeFields.Of(Outcome.Series),
                Now.ToUnixTimeMilliseconds());
        }

        for (var start = 0; start < 2; start++)
        {
            await using var recovered = await StoreBench.EmbeddedAsync(data.Path);
            Assert.Equal((TrackKey.Ai, 2L), await recovered.Enrollments.GetAsync("anna") is { } anna ? (anna.Track, anna.Version) : default);
            Assert.Equal([1, 2], (await recovered.Enrollments.ReceiptsAsync("anna")).Select(receipt => (int)receipt[0]));
            var counts = await recovered.Enrollments.CountsAsync();
            Assert.Equal((1, 0), (counts[TrackKey.Ai], counts[TrackKey.Stable]));
            Assert.False(await recovered.Outcomes.RecordAsync("b1", [Outcome], Now));
            Assert.Equal(new OutcomeTotals(3, 1), Assert.Single((await recovered.Outcomes.ReadAsync()).Totals).Value);
            await AssertNonePendingAsync(recovered);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(20_000)]
    public async Task Recover_TickFailedHalfway_FinishesIt(int rows)
    {
        using var data = new TemporaryDirectory();
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            var lease = (await bench.Leases.TryAcquireAsync("one", TimeSpan.FromHours(1)))!;
            await FailHalfwayAsync(bench, lease, Tick(1, rows));
        }

        for (var start = 0; start < 2; start++)
        {
            await using var recovered = await StoreBench.EmbeddedAsync(data.Path);
            var guard = await recovered.Guard.ReadAsync();
            Assert.Equal((rows, 1), (guard.Rows.Count, guard.Counters![0]));
            var slis = await recovered.Slis.ReadAsync(Now);
            Assert.Equal([new SliCount("s", 4, 1)], Assert.Single(slis.Minutes).Counts);
            Assert.Equal([new SliCount("s", 4, 1)], Assert.Single(slis.Hours).Counts);
            await AssertNonePendingAsync(recovered);
        }
    }

    [Fact]
    public async Task Recover_DiedPuttingAsideTheTickAfterOneThatFailed_NeverMixesTheTwo()
    {
        using var data = new TemporaryDirectory();
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            var lease = (await bench.Leases.TryAcquireAsync("one", TimeSpan.FromHours(1)))!;
            await FailHalfwayAsync(bench, lease, Tick(1, rows: 20_000));
            var next = Tick(2, rows: 20_000) with { Since = (await bench.Guard.ReadAsync()).Commit };
            // Somebody else has the lease by the time that all parts are there.
            await bench.Leases.ReleaseAsync(lease);
            Assert.False(await bench.Guard.CommitTickAsync(lease, next));
            await bench.Connection.Database.StringSetAsync(StoreKeys.TickPart(0), "half of another tick");
        }

        await using var recovered = await StoreBench.EmbeddedAsync(data.Path);
        Assert.Empty((await recovered.Guard.ReadAsync()).Rows);
    }

    /// <summary>Its second write fails, because the key it writes to holds something else; then that is gone.</summary>
    private static async Task FailHalfwayAsync(StoreBench bench, LeaseToken lease, TickWrite write)
    {
        await bench.Connection.Database.StringSetAsync(StoreKeys.Guard, "not a hash");
        await Assert.ThrowsAsync<RedisServerException>(() => bench.Guard.CommitTickAsync(lease, write));
        await bench.Connection.Database.KeyDeleteAsync(StoreKeys.Guard);
        Assert.True(await RedoLog.IsPendingAsync(bench.Connection.Database, StoreKeys.TickRedo));
    }

    private static async Task LeaveAsync(StoreBench bench, string note, string writes, RedisKey[] keys, params RedisValue[] values) =>
        await bench.Connection.Database.ScriptEvaluateAsync(
            $"redis.call('SET', KEYS[1], cmsgpack.pack({{keys = KEYS, writes = {writes}}}){note})", keys, values);

    private static async Task AssertNonePendingAsync(StoreBench bench)
    {
        foreach (var key in RedoLog.Keys)
            Assert.False(await RedoLog.IsPendingAsync(bench.Connection.Database, key), key);
    }

    private static TickWrite Tick(int number, int rows) => new()
    {
        Rows = Enumerable.Range(0, rows).ToDictionary(row => $"row {row}", _ => new byte[350]),
        Counters = [(byte)number],
        Minutes = [new(Now.ToUnixTimeSeconds() / 60, [new("s", 4, 1)])],
        Hours = [new(Now.ToUnixTimeSeconds() / 3600, [new("s", 4, 1)])],
    };
}
