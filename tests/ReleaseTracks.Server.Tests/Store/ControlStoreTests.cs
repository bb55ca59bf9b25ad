using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>Lease, guard state and SLI buckets: what the control loop lives on.</summary>
[Collection(nameof(StoreServers))]
public sealed class ControlStoreTests(StoreServers servers)
{
    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly long Minute = Now.ToUnixTimeSeconds() / 60;

    [Theory, EveryBackend]
    public async Task Lease_IsHeld_NobodyElseGetsIt(Backend backend)
    {
        var leases = (await servers.EmptyAsync(backend)).Leases;

        var first = await leases.TryAcquireAsync("one", Ttl);

        Assert.NotNull(first);
        Assert.Null(await leases.TryAcquireAsync("two", Ttl));
        Assert.True(await leases.RenewAsync(first, Ttl));
        Assert.True(await leases.ReleaseAsync(first));
        var second = await leases.TryAcquireAsync("two", Ttl);
        Assert.True(second!.Fence > first.Fence);
    }

    [Theory, EveryBackend]
    public async Task Lease_RunsOut_TheLateHolderLoses(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var late = await bench.Leases.TryAcquireAsync("one", TimeSpan.FromMilliseconds(30));
        LeaseToken? next = null;
        await Eventually.TrueAsync(
            async () => (next = await bench.Leases.TryAcquireAsync("one", Ttl)) is not null, "the lease runs out");

        Assert.False(await bench.Leases.RenewAsync(late!, Ttl));
        Assert.False(await bench.Leases.ReleaseAsync(late!));
        Assert.False(await bench.Guard.CommitTickAsync(late!, Tick(10)));
        Assert.True(await bench.Guard.CommitTickAsync(next!, Tick(10)));
    }

    [Theory, EveryBackend]
    public async Task CommitTick_LeaseLost_WritesNothing(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);
        await bench.Leases.ReleaseAsync(lease);

        Assert.False(await bench.Guard.CommitTickAsync(lease, Tick(10)));

        var state = await bench.Guard.ReadAsync();
        Assert.Empty(state.Rows);
        Assert.Null(state.Counters);
        var slis = await bench.Slis.ReadAsync(Now);
        Assert.Empty(slis.Minutes);
        Assert.Empty(slis.Hours);
    }

    [Theory, EveryBackend]
    public async Task CommitTick_ThreeThousandRows_ReadsBackEveryByte(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);
        var tick = Tick(3000);

        Assert.True(await bench.Guard.CommitTickAsync(lease, tick));
        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Rows = tick.Rows!.Skip(1500).ToDictionary() }));

        var state = await bench.Guard.ReadAsync();
        Assert.Equal(1500, state.Rows.Count);
        Assert.All(state.Rows, row => Assert.Equal(tick.Rows![row.Key], row.Value));
        Assert.Equal(tick.Counters, state.Counters);
        var minute = Assert.Single((await bench.Slis.ReadAsync(Now)).Minutes);
        Assert.Equal(3000, minute.Counts.Count);
        Assert.All(minute.Counts, count => Assert.Equal((Index(count.Series), 1), (count.Total, count.Bad)));
    }

    [Theory, EveryBackend]
    public async Task CommitTick_OnTopOfTheOneBefore_WritesOnlyWhatDiffers(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);
        var rows = Tick(2000).Rows!;
        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Rows = rows, Counters = [1] }));
        var (read, database) = (await bench.Guard.ReadAsync(), bench.Connection.Database);
        var blocks = (await database.HashKeysAsync(StoreKeys.Guard)).Order().ToList();
        foreach (var block in blocks)
            await database.HashSetAsync(StoreKeys.Guard, block, "not written since");

        var changed = read.Rows.Where(row => row.Key != "row 8").ToDictionary(row => row.Key, row => row.Key == "row 7" ? [1, 2, 3] : row.Value);
        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Since = read.Commit, Rows = changed, Counters = [1] }));

        var now = (await database.HashGetAllAsync(StoreKeys.Guard)).Where(field => field.Value != "not written since").ToList();
        Assert.InRange(now.Count, 1, 2);
        var written = now.SelectMany(block => Packed.Rows((byte[])block.Value!)).ToDictionary();
        Assert.Equal([1, 2, 3], written["row 7"]);
        Assert.DoesNotContain("row 8", written);

        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Since = read.Commit, Rows = new Dictionary<string, byte[]>(), Counters = [2] }));
        Assert.Equal("~counters", Assert.Single(await database.HashKeysAsync(StoreKeys.Guard)));
    }

    [Theory, EveryBackend]
    public async Task CommitTick_RowsAreLeftAsTheyWere_StillKnowsThemAfterwards(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);
        var tick = Tick(50);
        Assert.True(await bench.Guard.CommitTickAsync(lease, tick));
        var commit = (await bench.Guard.ReadAsync()).Commit;

        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Since = commit, Counters = [1] }));
        Assert.Equal(50, (await bench.Guard.ReadAsync()).Rows.Count);
        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Since = commit, Rows = new Dictionary<string, byte[]>() }));

        var last = await bench.Guard.ReadAsync();
        Assert.Empty(last.Rows);
        Assert.Equal([1], last.Counters!);
    }

    [Theory, EveryBackend]
    public async Task CommitTick_TheStoreLostTheOneBefore_IsRefusedAndWritesNothing(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);
        var commit = (await bench.Guard.ReadAsync()).Commit;
        for (byte round = 1; round <= 2; round++)
            Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Since = commit, Rows = Tick(10).Rows, Counters = [round] }));
        await bench.Connection.Database.StringSetAsync(StoreKeys.GuardCommit, 1);

        foreach (var rows in (int[])[10, 3000])
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(
                () => bench.Guard.CommitTickAsync(lease, new TickWrite { Since = commit, Rows = Tick(rows).Rows, Counters = [3] }));
            Assert.Contains("does not hold commit 2", refused.Message, StringComparison.Ordinal);
        }

        var held = await bench.Guard.ReadAsync();
        Assert.Equal(2, Assert.Single(held.Counters!));
        Assert.Equal(10, held.Rows.Count);
        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Since = held.Commit, Counters = [4] }));
    }

    /// <summary>On Redis; the embedded store, which takes it in parts, has a test of its own.</summary>
    [Fact]
    public async Task CommitTick_ThirtyThousandRows_AreCommittedAsOne()
    {
        var (bench, lease) = await LeasedAsync(Backend.Redis);
        var large = Tick(30_000);

        Assert.True(await bench.Guard.CommitTickAsync(lease, large));

        var state = await bench.Guard.ReadAsync();
        Assert.Equal(30_000, state.Rows.Count);
        Assert.All(state.Rows, row => Assert.Equal(large.Rows![row.Key], row.Value));
    }

    [Theory, EveryBackend]
    public async Task CommitTick_BucketsWrittenAgain_TakeTheNewValues(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);
        var hour = Minute / 60;
        var before = (hour * 60) - 1;

        await bench.Guard.CommitTickAsync(lease, new() { Minutes = [new(before, [new("a|b c", 8, 1)])], Hours = [new(hour - 1, [new("a|b c", 8, 1)])] });
        await bench.Guard.CommitTickAsync(lease, new() { Minutes = [new(before + 1, [new("a|b c", 3, 2)])], Hours = [new(hour, [new("a|b c", 3, 2)])] });
        await bench.Guard.CommitTickAsync(lease, new()
        {
            Minutes = [new(before + 1, [new("a|b c", 6, 4), new("🦊", 1, long.MaxValue)])],
            Hours = [new(hour, [new("a|b c", 6, 4)])],
        });

        var slis = await bench.Slis.ReadAsync(Now);
        Assert.Equal([before, before + 1], slis.Minutes.Select(bucket => bucket.Index));
        Assert.Equal([hour - 1, hour], slis.Hours.Select(bucket => bucket.Index));
        Assert.Equal([new SliCount("a|b c", 8, 1)], slis.Hours[0].Counts);
        Assert.Equal([new SliCount("a|b c", 6, 4), new SliCount("🦊", 1, long.MaxValue)], slis.Minutes[1].Counts);
    }

    [Theory, EveryBackend]
    public async Task CommitTick_Buckets_ExpireAfterTheirTime(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);

        await bench.Guard.CommitTickAsync(lease, new() { Minutes = [new(Minute, [new("s", 1, 0)])], Hours = [new(Minute / 60, [new("s", 1, 0)])] });

        var minutes = await bench.Connection.Database.KeyTimeToLiveAsync(StoreKeys.Minute(Minute));
        var hours = await bench.Connection.Database.KeyTimeToLiveAsync(StoreKeys.Hour(Minute / 60));
        Assert.InRange(minutes!.Value, SliStore.MinutesKept - TimeSpan.FromMinutes(2), SliStore.MinutesKept + TimeSpan.FromMinutes(1));
        Assert.InRange(hours!.Value, SliStore.HoursKept - TimeSpan.FromHours(1), SliStore.HoursKept + TimeSpan.FromHours(1));
    }

    [Theory, EveryBackend]
    public async Task CommitTick_OneValueTooLargeForARecord_IsRefusedBeforeItIsSent(Backend backend)
    {
        var (bench, lease) = await LeasedAsync(backend);

        Assert.True(await bench.Guard.CommitTickAsync(lease, new TickWrite { Counters = new byte[GuardStore.MaxFieldBytes] }));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => bench.Guard.CommitTickAsync(lease, new TickWrite { Counters = new byte[GuardStore.MaxFieldBytes + 1] }));
        Assert.Equal(GuardStore.MaxFieldBytes, (await bench.Guard.ReadAsync()).Counters!.Length);
    }

    [Theory, EveryBackend]
    public async Task Feedback_MoreThanKept_DropsTheOldest(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        await bench.Connection.Database.ListRightPushAsync(
            StoreKeys.Feedback, [.. Enumerable.Range(0, FeedbackStore.Kept).Select(i => (StackExchange.Redis.RedisValue)BitConverter.GetBytes(i))]);

        await bench.Feedback.AddAsync([0, 255, 10]);

        Assert.Equal(FeedbackStore.Kept, await bench.Connection.Database.ListLengthAsync(StoreKeys.Feedback));
        var latest = await bench.Feedback.LatestAsync(2);
        Assert.Equal([0, 255, 10], latest[0]);
        Assert.Equal(FeedbackStore.Kept - 1, BitConverter.ToInt32(latest[1]));
    }

    private async Task<(StoreBench Bench, LeaseToken Lease)> LeasedAsync(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        return (bench, (await bench.Leases.TryAcquireAsync("one", Ttl))!);
    }

    private static int Index(string name) => int.Parse(name.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);

    private static TickWrite Tick(int rows)
    {
        var random = new Random(7);
        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            random.NextBytes(bytes);
            return bytes;
        }

        SliCount[] Counts() => [.. Enumerable.Range(0, rows).Select(i => new SliCount($"series {i}", i, 1))];

        return new TickWrite
        {
            Rows = Enumerable.Range(0, rows).ToDictionary(i => $"row {i}", _ => Bytes(350)),
            Counters = Bytes(200_000),
            Minutes = [new(Minute, Counts())],
            Hours = [new(Minute / 60, Counts())],
        };
    }
}
