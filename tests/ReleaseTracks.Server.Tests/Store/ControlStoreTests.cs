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

    [Theory, BothBackends]
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

    [Theory, BothBackends]
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

    [Theory, BothBackends]
    public async Task CommitTick_LeaseLost_WritesNothing(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var lease = await bench.Leases.TryAcquireAsync("one", Ttl);
        await bench.Leases.ReleaseAsync(lease!);

        Assert.False(await bench.Guard.CommitTickAsync(lease!, Tick(10)));

        var state = await bench.Guard.ReadAsync();
        Assert.Empty(state.Rows);
        Assert.Null(state.Counters);
        var slis = await bench.Slis.ReadAsync(Now);
        Assert.Empty(slis.Minutes);
        Assert.Empty(slis.Hours);
    }

    [Theory, BothBackends]
    public async Task CommitTick_ThreeThousandRows_ReadsBackEveryByte(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var lease = await bench.Leases.TryAcquireAsync("one", Ttl);
        var tick = Tick(3000);

        Assert.True(await bench.Guard.CommitTickAsync(lease!, tick));
        Assert.True(await bench.Guard.CommitTickAsync(lease!, new TickWrite
        {
            RemovedRows = [.. Enumerable.Range(0, 1500).Select(i => $"row {i}")],
            Increments = tick.Increments,
        }));

        var state = await bench.Guard.ReadAsync();
        Assert.Equal(1500, state.Rows.Count);
        Assert.All(state.Rows, row => Assert.Equal(tick.Rows[row.Key], row.Value));
        Assert.Equal(tick.Counters, state.Counters);
        var minute = Assert.Single((await bench.Slis.ReadAsync(Now)).Minutes);
        Assert.Equal(3000, minute.Counts.Count);
        Assert.All(minute.Counts, count => Assert.Equal(2 * Index(count.Series), count.Total));
        Assert.All(minute.Counts, count => Assert.Equal(2, count.Bad));
    }

    [Theory, BothBackends]
    public async Task CommitTick_IncrementsOfSeveralMinutes_AddUpInTheirBuckets(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var lease = await bench.Leases.TryAcquireAsync("one", Ttl);
        var hour = Minute / 60;
        SliIncrement[] increments =
        [
            new((hour * 60) - 1, "a|b c", 7, 1), new((hour * 60) - 1, "a|b c", 1, 0), new(hour * 60, "a|b c", 3, 2), new(hour * 60, "🦊", 1, 1),
        ];

        await bench.Guard.CommitTickAsync(lease!, new TickWrite { Increments = increments });
        await bench.Guard.CommitTickAsync(lease!, new TickWrite { Increments = [increments[2]] });

        var slis = await bench.Slis.ReadAsync(Now);
        Assert.Equal([(hour * 60) - 1, hour * 60], slis.Minutes.Select(bucket => bucket.Index));
        Assert.Equal([hour - 1, hour], slis.Hours.Select(bucket => bucket.Index));
        Assert.Equal([new SliCount("a|b c", 8, 1)], slis.Hours[0].Counts);
        Assert.Equal(
            [new SliCount("a|b c", 6, 4), new SliCount("🦊", 1, 1)],
            slis.Hours[1].Counts.OrderBy(count => count.Series, StringComparer.Ordinal));
    }

    [Theory, BothBackends]
    public async Task CommitTick_Buckets_ExpireAfterTheirTime(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var lease = await bench.Leases.TryAcquireAsync("one", Ttl);

        await bench.Guard.CommitTickAsync(lease!, new TickWrite { Increments = [new(Minute, "s", 1, 0)] });

        var minutes = await bench.Connection.Database.KeyTimeToLiveAsync(StoreKeys.Minute(Minute));
        var hours = await bench.Connection.Database.KeyTimeToLiveAsync(StoreKeys.Hour(Minute / 60));
        Assert.InRange(minutes!.Value, SliStore.MinutesKept - TimeSpan.FromMinutes(2), SliStore.MinutesKept + TimeSpan.FromMinutes(1));
        Assert.InRange(hours!.Value, SliStore.HoursKept - TimeSpan.FromHours(1), SliStore.HoursKept + TimeSpan.FromHours(1));
    }

    [Theory, BothBackends]
    public async Task CommitTick_TooLargeForOneRecord_IsRefusedBeforeItIsSent(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        var lease = await bench.Leases.TryAcquireAsync("one", Ttl);
        var largest = new TickWrite { Counters = new byte[GuardStore.MaxTickBytes - 100] };

        Assert.True(await bench.Guard.CommitTickAsync(lease!, largest));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => bench.Guard.CommitTickAsync(lease!, new TickWrite { Counters = new byte[GuardStore.MaxTickBytes] }));
    }

    [Theory, BothBackends]
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

        return new TickWrite
        {
            Rows = Enumerable.Range(0, rows).ToDictionary(i => $"row {i}", _ => Bytes(350)),
            Counters = Bytes(200_000),
            Increments = [.. Enumerable.Range(0, rows).Select(i => new SliIncrement(Minute, $"series {i}", i, 1))],
        };
    }
}
