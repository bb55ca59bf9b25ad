using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>What only the embedded store has to prove: the directory, the crash, the disk.</summary>
public sealed class EmbeddedGarnetTests
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task Start_DirectoryInUse_IsRefusedAndNamesTheKey()
    {
        using var data = new TemporaryDirectory();
        await using (await StoreBench.EmbeddedAsync(data.Path))
        {
            var refused = await Assert.ThrowsAsync<DataDirectoryInUseException>(() => StoreBench.EmbeddedAsync(data.Path));
            Assert.Contains("ReleaseTracks:Store:DataPath", refused.Message, StringComparison.Ordinal);
        }

        await using var second = await StoreBench.EmbeddedAsync(data.Path);
        Assert.Equal(0, await second.Ledger.CountAsync());
    }

    [Fact]
    public async Task Start_WithoutThePassword_RefusesCommands()
    {
        using var data = new TemporaryDirectory();
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        var endpoint = bench.Connection.Multiplexer.GetEndPoints()[0];

        await using var stranger = await ConnectionMultiplexer.ConnectAsync(
            new ConfigurationOptions { EndPoints = { endpoint }, AbortOnConnectFail = false, ConnectTimeout = 500 });

        await Assert.ThrowsAnyAsync<Exception>(() => stranger.GetDatabase().ListLengthAsync(StoreKeys.Ledger));
    }

    [Fact]
    public async Task Recover_DirectoryAsACrashLeavesIt_HasEverythingAcknowledged()
    {
        using var data = new TemporaryDirectory();
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        for (var i = 0; i < 200; i++)
            Assert.True((await bench.Ledger.AppendAsync(i, BitConverter.GetBytes(i))).Appended);
        await bench.Enrollments.ChangeAsync("anna", 0, Enrolled, [1]);
        await bench.Outcomes.RecordAsync("b1", [Outcome], Now);
        var lease = await bench.Leases.TryAcquireAsync("gone", TimeSpan.FromHours(1));
        Assert.True(await bench.Guard.CommitTickAsync(lease!, new() { Counters = [7], Minutes = Minute, Hours = Hour }));

        using var crashed = data.Copy();
        await using var recovered = await StoreBench.EmbeddedAsync(crashed.Path);

        Assert.Equal(200, await recovered.Ledger.CountAsync());
        Assert.Equal(Enrolled with { Version = 1 }, await recovered.Enrollments.GetAsync("anna"));
        Assert.Single(await recovered.Enrollments.ReceiptsAsync("anna"));
        Assert.Equal(1, (await recovered.Enrollments.CountsAsync())[TrackKey.Ai]);
        Assert.False(await recovered.Outcomes.RecordAsync("b1", [Outcome], Now));
        Assert.Equal(new OutcomeTotals(3, 1), Assert.Single((await recovered.Outcomes.ReadAsync()).Totals).Value);
        Assert.Equal([7], (await recovered.Guard.ReadAsync()).Counters!);
        Assert.Equal([new SliCount("s", 4, 1)], Assert.Single((await recovered.Slis.ReadAsync(Now)).Hours).Counts);
        Assert.NotNull(await recovered.Leases.TryAcquireAsync("new", TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task CommitTick_TooLargeForOneRecord_IsCommittedAsOneAgainAndAgain()
    {
        using var data = new TemporaryDirectory();
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        var lease = (await bench.Leases.TryAcquireAsync("one", TimeSpan.FromHours(1)))!;
        for (var round = 0; round < 8; round++)
        {
            Assert.True(await bench.Guard.CommitTickAsync(lease, Tick(round, rows: 30_000)));
            Assert.True((await bench.Ledger.AppendAsync(round, [1])).Appended);
            var guard = await bench.Guard.ReadAsync();
            Assert.Equal((30_000, round), (guard.Rows.Count, guard.Counters![0]));
        }

        await bench.Leases.ReleaseAsync(lease);
        Assert.False(await bench.Guard.CommitTickAsync(lease, Tick(9, rows: 20_000)));
        Assert.Equal(7, (await bench.Guard.ReadAsync()).Counters![0]);
    }

    [Fact]
    public async Task HasLongLog_AfterACheckpoint_CountsOnlyWhatCameSince()
    {
        using var data = new TemporaryDirectory();
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        var garnet = bench.Connection.Embedded!;
        for (var i = 0; i < 30; i++)
            await bench.Connection.Database.StringSetAsync($"filler:{i}", new byte[100_000]);
        Assert.True(garnet.HasLongLog);

        garnet.Checkpoint();

        Assert.False(garnet.HasLongLog);
        // The log's files are cut at whole segments, and this one begins before the checkpoint.
        Assert.True(new DirectoryInfo(Path.Combine(garnet.DirectoryPath, "AOF")).EnumerateFiles("aof.log.*").Sum(file => file.Length) > 3_000_000);
    }

    [Fact]
    public async Task Checkpoint_TheSecond_HasTheIndexToo()
    {
        using var data = new TemporaryDirectory();
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        for (var i = 0; i < 2; i++)
        {
            await bench.Connection.Database.StringSetAsync("key", i);
            bench.Connection.Embedded!.Checkpoint();
        }

        var checkpoints = Path.Combine(bench.Connection.Embedded!.DirectoryPath, "Store", "checkpoints");
        var log = Assert.Single(Directory.GetDirectories(Path.Combine(checkpoints, "cpr-checkpoints")));
        Assert.Contains(Path.GetFileName(log), Directory.GetDirectories(Path.Combine(checkpoints, "index-checkpoints")).Select(Path.GetFileName));
    }

    /// <summary>120 MB through ticks and new keys: five times the memory budget, seven times the log limit.</summary>
    [Fact]
    public async Task Traffic_ManyTimesTheBudgets_LosesNothingAndStaysBoundedOnDisk()
    {
        using var data = new TemporaryDirectory();
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            for (var i = 0; i < 100; i++)
            {
                await bench.Ledger.AppendAsync(i, new byte[600]);
                await bench.Enrollments.ChangeAsync($"user {i}", 0, Enrolled, [1]);
            }
            var lease = (await bench.Leases.TryAcquireAsync("one", TimeSpan.FromHours(1)))!;
            for (var round = 0; round < 60; round++)
            {
                Assert.True(await bench.Guard.CommitTickAsync(lease, Tick(round)));
                await Task.WhenAll(Enumerable.Range(0, 10).Select(
                    i => bench.Connection.Database.StringSetAsync($"filler:{round}:{i}", new byte[100_000])));
            }
            await Eventually.TrueAsync(() => data.Size() < 150_000_000, "the log is cut");
            await CheckTrafficAsync(bench);
        }

        await using var recovered = await StoreBench.EmbeddedAsync(data.Path);
        await CheckTrafficAsync(recovered);
    }

    private static async Task CheckTrafficAsync(StoreBench bench)
    {
        Assert.Equal(100, (await bench.Ledger.ReadAsync(1, 200)).Count(entry => entry.Length == 600));
        Assert.All(
            await bench.Enrollments.GetManyAsync([.. Enumerable.Range(0, 100).Select(i => $"user {i}")]),
            record => Assert.Equal(Enrolled with { Version = 1 }, record));
        var guard = await bench.Guard.ReadAsync();
        Assert.Equal([59], guard.Counters!);
        Assert.Equal(3000, guard.Rows.Count);
    }

    private static EnrollmentRecord Enrolled { get; } = new(TrackKey.Ai, "opt-in", Now, null, 3, 0);

    private static OutcomeCount Outcome { get; } = new("ranking", TrackKey.Ai, "on", Indicator.Quality, 3, 1);

    private static StoredBucket[] Minute { get; } = [new(Now.ToUnixTimeSeconds() / 60, [new("s", 4, 1)])];

    private static StoredBucket[] Hour { get; } = [new(Now.ToUnixTimeSeconds() / 3600, [new("s", 4, 1)])];

    private static TickWrite Tick(int round, int rows = 3000) => new()
    {
        Rows = Enumerable.Range(0, rows).ToDictionary(row => $"row {row}", _ => new byte[350]),
        Counters = [(byte)round],
    };
}
