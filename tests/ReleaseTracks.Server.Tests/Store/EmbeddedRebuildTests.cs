using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>The embedded store written anew: all that was in it, less disk, and no moment at which a crash loses it.</summary>
public sealed class EmbeddedRebuildTests : IDisposable
{
    private readonly TemporaryDirectory data = new();

    private string Store => Path.Combine(data.Path, "store");

    [Fact]
    public async Task Rebuild_KeepsEveryKeyOfEveryKindAndGivesTheDiskBack()
    {
        IReadOnlyList<string> before;
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            await FillAsync(bench);
            before = await ContentAsync(bench);
        }

        var bytes = TierBytes();
        await EmbeddedGarnet.RebuildAsync(Store, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

        Assert.InRange(TierBytes(), 0, bytes / 2);
        await using var again = await StoreBench.EmbeddedAsync(data.Path);
        Assert.Equal(before, await ContentAsync(again));
        Assert.InRange((await again.Connection.Database.KeyTimeToLiveAsync("soon"))!.Value, TimeSpan.FromMinutes(30), TimeSpan.FromHours(1));
        Assert.True((await again.Ledger.AppendAsync(300, [1])).Appended);
        Assert.False(Directory.Exists(Store + ".new") || Directory.Exists(Store + ".old"));
    }

    /// <summary>One object, larger than all the memory that an empty store gets for its data.</summary>
    [Fact]
    public async Task Rebuild_OfALongLedger_KeepsIt()
    {
        const int Entries = 20_000;
        var entry = RandomNumberGenerator.GetBytes(1500);
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            foreach (var page in Enumerable.Repeat((RedisValue)entry, Entries).Chunk(500))
                await bench.Connection.Database.ListRightPushAsync(StoreKeys.Ledger, page);
        }

        await EmbeddedGarnet.RebuildAsync(Store, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

        await using var again = await StoreBench.EmbeddedAsync(data.Path);
        Assert.Equal(Entries, await again.Ledger.CountAsync());
        Assert.Equal(entry, Assert.Single(await again.Ledger.ReadAsync(Entries, 1)));
    }

    [Fact]
    public async Task Rebuild_ThatCannotBegin_LeavesTheOldOneAsItWas()
    {
        IReadOnlyList<string> before;
        await using (var bench = await StoreBench.EmbeddedAsync(data.Path))
        {
            await bench.Ledger.AppendAsync(0, [1, 2, 3]);
            before = await ContentAsync(bench);
        }

        await File.WriteAllTextAsync(Store + ".new", "in the way", TestContext.Current.CancellationToken);
        await EmbeddedGarnet.RebuildAsync(Store, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);

        await using var again = await StoreBench.EmbeddedAsync(data.Path);
        Assert.Equal(before, await ContentAsync(again));
        Assert.True(File.Exists(Path.Combine(Store, "rebuilt.size")), "it is not tried again at every start");
    }

    [Fact]
    public async Task Store_FarTooLongWhileItRuns_IsWrittenAnewWithinTheHourAndGoesOn()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var connection = new StoreConnection(Options.Create(new StoreOptions { DataPath = data.Path }), NullLoggerFactory.Instance, time);
        await connection.StartAsync(TestContext.Current.CancellationToken);
        var ledger = new LedgerStore(connection);
        Assert.True((await ledger.AppendAsync(0, [1, 2, 3])).Appended);
        var overwritten = Path.Combine(Store, "Store", "hlog.overwritten");
        using (var file = File.Create(overwritten))
            file.SetLength(5L * 1024 * 1024 * 1024);

        // It takes a fraction of a second, so somebody has to be looking all the time.
        var said = Task.Run(
            () => SpinWait.SpinUntil(() => connection.DescribeFault()?.Contains("is being written anew", StringComparison.Ordinal) == true, TimeSpan.FromSeconds(60)),
            TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromHours(1));

        Assert.True(await said, "it says what it does");
        await Eventually.TrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return connection.DescribeFault() is null;
            },
            "it is back",
            TimeSpan.FromSeconds(60));
        Assert.False(File.Exists(overwritten));
        Assert.True((await ledger.AppendAsync(1, [4])).Appended);
        Assert.Equal([3, 1], (await ledger.ReadAsync(1, 10)).Select(entry => entry.Length));
    }

    [Theory]
    [InlineData("store", "store.new", "store")]
    [InlineData("store.old", "store.new", "store.new")]
    [InlineData("store.old", "store", "store")]
    [InlineData("store.old", null, null)]
    public void Settle_WhereverItWasCutOff_KeepsTheOneThatIsWhole(string one, string? other, string? kept)
    {
        foreach (var name in new[] { one, other }.OfType<string>())
        {
            Directory.CreateDirectory(Path.Combine(data.Path, name));
            File.WriteAllText(Path.Combine(data.Path, name, "name"), name);
        }

        EmbeddedRebuild.Settle(Store);

        Assert.Equal(kept is null ? one : "store", Path.GetFileName(Assert.Single(Directory.GetDirectories(data.Path))));
        Assert.Equal(kept ?? one, File.ReadAllText(Path.Combine(Directory.GetDirectories(data.Path)[0], "name")));
    }

    [Theory]
    [InlineData(500, null, false)]
    [InlineData(520, null, true)]
    [InlineData(520, 300, false)]
    [InlineData(601, 300, true)]
    [InlineData(520, 100, true)]
    [InlineData(4000, null, false, EmbeddedRebuild.WhileItRuns)]
    [InlineData(4100, null, true, EmbeddedRebuild.WhileItRuns)]
    public void IsDue_OnceItIsLongAndTwiceWhatItWas(int megabytes, int? last, bool due, long times = 1)
    {
        var tier = Directory.CreateDirectory(Path.Combine(Store, "Store"));
        using (var file = File.Create(Path.Combine(tier.FullName, "hlog.0")))
            file.SetLength(megabytes * 1024L * 1024);
        if (last is { } then)
            File.WriteAllText(Path.Combine(Store, "rebuilt.size"), $"{then * 1024L * 1024}");

        Assert.Equal(due, EmbeddedRebuild.IsDue(Store, times));
    }

    public void Dispose() => data.Dispose();

    /// <summary>More than the memory budget, so that much of it is on disk, and most of that overwritten.</summary>
    private static async Task FillAsync(StoreBench bench)
    {
        for (var i = 0; i < 300; i++)
            await bench.Ledger.AppendAsync(i, RandomNumberGenerator.GetBytes(600));
        await Parallel.ForAsync(0, 3000, async (i, _) => await bench.Enrollments.ChangeAsync(
            $"user {i}", 0, new EnrollmentRecord(i % 2 == 0 ? TrackKey.Ai : TrackKey.Innovative, "opt-in", DateTimeOffset.UnixEpoch, null, 3, 0), [1]));
        var database = bench.Connection.Database;
        for (var round = 0; round < 60; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(
                i => database.StringSetAsync($"filler:{i}", RandomNumberGenerator.GetBytes(100_000 + round))));
        }

        await database.StringSetAsync("soon", "gone", TimeSpan.FromHours(1));
        await database.SetAddAsync("set", ["a", "b"]);
        await database.SortedSetAddAsync("scores", [new("a", 0.1), new("b", double.MaxValue)]);
    }

    private static async Task<IReadOnlyList<string>> ContentAsync(StoreBench bench)
    {
        var lines = new List<string>();
        await foreach (var key in bench.Connection.Multiplexer.GetServers()[0].KeysAsync(pageSize: int.MaxValue))
        {
            if (await StoredKey.ReadAsync(bench.Connection.Database, key) is not { } found)
                continue;
            var items = found.Items.Select(item => Convert.ToHexString(SHA256.HashData((byte[])item!)));
            lines.Add($"{found.Key} {found.Type} {found.Left is null} {string.Join(' ', found.Type is RedisType.List ? items : items.Order(StringComparer.Ordinal))}");
        }

        return [.. lines.Distinct().Order(StringComparer.Ordinal)];
    }

    private long TierBytes() => new DirectoryInfo(Store).EnumerateFiles("hlog*", SearchOption.AllDirectories).Sum(file => file.Length);
}
