using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

public sealed class BudgetedGarnetTests
{
    private const int Writers = 4;
    private const int People = 2_000;
    private const int Counters = 64;
    private const int Fillers = 1_000;
    private const int Megabyte = 1024 * 1024;
    private const long Budget = Megabyte;

    /// <summary>Such as end the process now and then if Garnet makes room by itself.</summary>
    [Fact]
    public async Task Write_ManyTimesTheBudgetFromSeveralConnections_KeepsToItAndLosesNothing()
    {
        using var data = new TemporaryDirectory();
        BudgetedGarnet? garnet = null;
        await using var small = new SmallGarnet(data.Path, options => garnet = new(options, NullLoggerFactory.Instance, 1));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(small, writer)));

        await using var connection = await small.ConnectAsync();
        var database = connection.GetDatabase();
        await Eventually.TrueAsync(
            async () => await database.PingAsync() > TimeSpan.Zero && garnet!.Bytes <= Budget, "what is over the budget goes to disk");
        foreach (var page in Enumerable.Range(0, Writers * People).Chunk(1000))
            Assert.Equal(page, (await Task.WhenAll(page.Select(i => database.ListGetByIndexAsync(Person(i), 0)))).Select(number => (int)number));
        var counted = await Task.WhenAll(Enumerable.Range(0, Counters).Select(counter => database.HashGetAsync(Counter(counter), "all")));
        Assert.Equal(Writers * People, counted.Sum(count => (int)count));
    }

    [Fact]
    public async Task Budget_OneObjectIsLarge_LeavesRoomForItAndForItToGrow()
    {
        using var data = new TemporaryDirectory();
        BudgetedGarnet? garnet = null;
        await using var small = new SmallGarnet(data.Path, options => garnet = new(options, NullLoggerFactory.Instance, 1));
        await using var connection = await small.ConnectAsync();
        var database = connection.GetDatabase();
        for (var i = 0; i < 300; i++)
            await database.ListRightPushAsync("ledger", RandomNumberGenerator.GetBytes(10_000));
        await WriteAsync(small, 0);

        Assert.InRange(garnet!.Budget, 4 * Budget, 6 * Budget);
        Assert.Equal(300, await database.ListLengthAsync("ledger"));
    }

    /// <summary>Every one of its checkpoints but the first had no index, and most of it is on disk, so that all is read again for it.</summary>
    [Fact]
    public async Task Open_LastCheckpointHadNoIndex_KeepsNoPageThatWasReadForIt()
    {
        using var data = new TemporaryDirectory();
        var store = Path.Combine(data.Path, "store");
        var options = GarnetSettings.For(store, RedisServer.FreePort(), "secret");
        options.FullCheckpointLogInterval = 1L << 30;
        using (var garnet = new BudgetedGarnet(options, NullLoggerFactory.Instance, 1))
        {
            garnet.Start();
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{options.EndPoints[0]},password=secret");
            garnet.Checkpoint();
            await EachAsync(i => connection.GetDatabase().StringSetAsync(Filler(i), new byte[10_000]));
            garnet.Checkpoint();
        }

        using (var copy = data.Copy())
        {
            using var plain = new BudgetedGarnet(GarnetSettings.For(Path.Combine(copy.Path, "store"), RedisServer.FreePort(), "secret"), NullLoggerFactory.Instance);
            plain.Start();
            Assert.True(plain.HasRemains);
        }

        for (var start = 0; start < 2; start++)
        {
            using var opened = await EmbeddedGarnet.StartAsync(data.Path, NullLoggerFactory.Instance);
            Assert.False(opened.HasRemains);
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{opened.Port},password={opened.Password}");
            Assert.All(await EachAsync(i => connection.GetDatabase().StringGetAsync(Filler(i))), value => Assert.Equal(10_000, value.Length()));
            opened.Checkpoint();
        }
    }

    /// <summary>
    /// Closed and opened with little memory, and all of it checked each time. With checkpoints beside the tier, one in ten such stores had lost
    /// some of what was last written.
    /// </summary>
    [Fact]
    public async Task Open_AgainAndAgain_HasAllThatWasWritten()
    {
        using var data = new TemporaryDirectory();
        var random = new Random(7);
        var port = RedisServer.FreePort();
        var written = new Dictionary<int, int>();
        for (var start = 0; start < 30; start++)
        {
            var options = GarnetSettings.For(data.Path, port, "secret");
            using var garnet = new BudgetedGarnet(options, NullLoggerFactory.Instance, 1 + (start % 3));
            garnet.Start();
            Assert.False(garnet.HasRemains);
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{options.EndPoints[0]},password=secret");
            var database = connection.GetDatabase();
            if (random.Next(2) == 0)
                garnet.Checkpoint();
            foreach (var page in written.ToArray().Chunk(100))
                Assert.Equal(page.Select(one => (RedisValue)one.Value), await Task.WhenAll(page.Select(one => database.HashGetAsync($"key:{one.Key}", "version"))));
            for (var page = random.Next(10, 60); page > 0; page--)
            {
                var keys = Enumerable.Range(0, 40).Select(_ => random.Next(2000)).Distinct().ToArray();
                foreach (var key in keys)
                    written[key] = written.GetValueOrDefault(key) + 1;
                await Task.WhenAll(keys.Select(key => database.HashSetAsync(
                    $"key:{key}", [new("version", written[key]), new("more", new byte[key % 5 == 0 ? 8_000 : 300])])));
                if (random.Next(40) == 0)
                    garnet.Checkpoint();
            }
        }
    }

    [Fact]
    public async Task Open_ObjectsInFilesOf16Megabytes_WritesThemIntoOne()
    {
        using var data = new TemporaryDirectory();
        var store = Path.Combine(data.Path, "store");
        var options = GarnetSettings.For(store, RedisServer.FreePort(), "secret");
        options.ObjectLogSegmentSize = "16m";
        using (var garnet = new BudgetedGarnet(options, NullLoggerFactory.Instance, 1))
        {
            garnet.Start();
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{options.EndPoints[0]},password=secret");
            await EachAsync(i => connection.GetDatabase().ListRightPushAsync(Filler(i), [i, new byte[40_000]]));
        }

        Assert.True(GarnetSettings.HasShortSegments(store));
        for (var start = 0; start < 2; start++)
        {
            using var opened = await EmbeddedGarnet.StartAsync(data.Path, NullLoggerFactory.Instance);
            Assert.False(GarnetSettings.HasShortSegments(store));
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{opened.Port},password={opened.Password}");
            Assert.Equal(Enumerable.Range(0, Fillers), (await EachAsync(i => connection.GetDatabase().ListGetByIndexAsync(Filler(i), 0))).Select(value => (int)value));
            opened.Checkpoint();
        }
    }

    /// <summary>As on a disk that others fill and clear all the time.</summary>
    [Fact]
    public async Task Write_OneInThreeOfItsOwnFails_LosesNothing()
    {
        using var data = new TemporaryDirectory();
        var random = new Random(5);
        for (var start = 0; start < 2; start++)
        {
            var options = GarnetSettings.For(data.Path, RedisServer.FreePort(), "secret");
            options.DeviceFactoryCreator = new LogDevices(options.DeviceFactoryCreator, log => new SlowFile(log, FailAsync));
            using var garnet = new BudgetedGarnet(options, NullLoggerFactory.Instance, 1);
            garnet.Start();
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{options.EndPoints[0]},password=secret");
            if (start == 0)
            {
                await EachAsync(i => connection.GetDatabase().HashSetAsync(Filler(i), "all", new byte[8_000]));
                garnet.Checkpoint();
                await EachAsync(i => connection.GetDatabase().HashSetAsync(Filler(i), "all", new byte[10_000]));
                garnet.Checkpoint();
            }

            Assert.All(await EachAsync(i => connection.GetDatabase().HashGetAsync(Filler(i), "all")), value => Assert.Equal(10_000, value.Length()));
        }

        Task FailAsync()
        {
            lock (random)
                return random.Next(3) == 0 ? Task.FromException(new IOException("No space left on device")) : Task.CompletedTask;
        }
    }

    /// <summary>Garnet by itself waits for ever for what did not fit, or takes it for written.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    public async Task Checkpoint_DiskIsFull_IsLeftOutAndNothingIsLost(int megabytesLeft)
    {
        using var disk = SmallDisk.Mount(160);
        var left = Directory.CreateDirectory(disk.DataPath) + "/left";
        using var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        for (var start = 0; start < 2; start++)
        {
            var options = GarnetSettings.For(Path.Combine(disk.DataPath, "store"), RedisServer.FreePort(), "secret");
            using var garnet = new BudgetedGarnet(options, loggers, 1);
            garnet.Start();
            await using var connection = await ConnectionMultiplexer.ConnectAsync($"{options.EndPoints[0]},password=secret");
            var database = connection.GetDatabase();
            if (start == 0)
            {
                await EachAsync(i => database.HashSetAsync(Filler(i), "all", new byte[1_000]));
                garnet.Checkpoint();
                foreach (var i in Enumerable.Range(0, Fillers / 2))
                    await database.HashSetAsync(Filler(i), "all", new byte[10_000]);
                await File.WriteAllBytesAsync(left, new byte[megabytesLeft * Megabyte], TestContext.Current.CancellationToken);
                disk.Fill();
                File.Delete(left);

                garnet.Checkpoint();
                Assert.True(log.Contains("make room"), log.ToString());
                Assert.Equal(10_000, (await database.HashGetAsync(Filler(0), "all")).Length());

                disk.MakeRoom();
                foreach (var i in Enumerable.Range(Fillers / 2, Fillers / 2))
                    await database.HashSetAsync(Filler(i), "all", new byte[10_000]);
                garnet.Checkpoint();
                Assert.InRange(garnet.LogBytes, 0, Megabyte);
            }

            Assert.All(await EachAsync(i => database.HashGetAsync(Filler(i), "all")), value => Assert.Equal(10_000, value.Length()));
        }
    }

    private static async Task<T[]> EachAsync<T>(Func<int, Task<T>> act)
    {
        var all = new List<T>();
        foreach (var page in Enumerable.Range(0, Fillers).Chunk(100))
            all.AddRange(await Task.WhenAll(page.Select(act)));
        return [.. all];
    }

    private static RedisKey Filler(int number) => $"filler:{number}";

    private static async Task WriteAsync(SmallGarnet small, int writer)
    {
        await using var connection = await small.ConnectAsync();
        var database = connection.GetDatabase();
        var receipt = new byte[2000];
        foreach (var page in Enumerable.Range(writer * People, People).Chunk(100))
        {
            await Task.WhenAll(page.SelectMany(i => (Task[])[
                database.ListRightPushAsync(Person(i), [i, receipt]), database.HashIncrementAsync(Counter(i % Counters), "all")]));
        }
    }

    private static RedisKey Person(int number) => $"person:{number}";

    private static RedisKey Counter(int number) => $"counter:{number}";
}
