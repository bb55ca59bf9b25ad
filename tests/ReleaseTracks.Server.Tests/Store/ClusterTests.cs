using System.Collections.Concurrent;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>What is different when the store is many servers. That the rest is not, the contract tests say.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task Append_OnACluster_AsksTheNodeThatHasTheLedgerWhetherItIsOnDisk()
    {
        RedisProxy[] fronts = [new(), new(), new()];
        var asked = new ConcurrentDictionary<int, int>();
        foreach (var front in fronts)
            front.OnCommand = name => StandInForWaitAof(front, name, asked);
        await using var cluster = await RedisCluster.StartAsync(fronts);
        await using var bench = await StoreBench.RedisAsync(string.Join(',', fronts.Select(front => front.ConnectionString)));
        Assert.True(bench.Connection.Durability.WaitsForDisk);
        var owner = await cluster.OwnerAsync(StoreKeys.Ledger!);
        asked.Clear();

        for (var i = 0; i < 20; i++)
            Assert.True((await bench.Ledger.AppendAsync(i, [1])).Appended);

        Assert.Equal([new(owner.Port, 20)], asked);
        foreach (var front in fronts)
            await front.DisposeAsync();
    }

    [Fact]
    public async Task Durability_OneNodeOfAClusterKeepsNothing_IsWarnedAbout()
    {
        await using var cluster = await RedisCluster.StartAsync();
        foreach (var node in cluster.Nodes)
        {
            await node.ExecuteAsync("CONFIG", "SET", "appendonly", "no");
            await using (var bench = await StoreBench.RedisAsync(cluster.ConnectionString))
                Assert.Contains("appendonly", bench.Connection.Durability.Warning, StringComparison.Ordinal);
            await node.ExecuteAsync("CONFIG", "SET", "appendonly", "yes");
        }
    }

    [Fact]
    public async Task Fault_NodeThatHasTheLedgerIsGone_IsDescribedThoughOthersAnswer()
    {
        await using var cluster = await RedisCluster.StartAsync();
        await using var bench = await StoreBench.RedisAsync(cluster.ConnectionString);
        Assert.Null(bench.Connection.DescribeFault());
        var owner = await cluster.OwnerAsync(StoreKeys.Ledger!);

        await owner.KillAsync();
        await Eventually.TrueAsync(() => bench.Connection.DescribeFault() is not null, "the fault is seen", TimeSpan.FromSeconds(60));
        await Assert.ThrowsAnyAsync<Exception>(() => bench.Ledger.AppendAsync(0, [1]));

        await owner.RestartAsync();
        await Eventually.TrueAsync(() => AppendsAsync(bench), "it goes on without a restart", TimeSpan.FromSeconds(60));
        Assert.Null(bench.Connection.DescribeFault());
    }

    [Fact]
    public async Task Signals_NodeThatCarriesThemIsGone_AreInDoubtAndComeOverAnother()
    {
        await using var cluster = await RedisCluster.StartAsync();
        // Half a cluster that goes on answering is the case in which a lost signal is not noticed otherwise.
        foreach (var node in cluster.Nodes)
            await node.ExecuteAsync("CONFIG", "SET", "cluster-require-full-coverage", "no");
        await using var one = await StoreBench.RedisAsync(cluster.ConnectionString);
        await using var two = await StoreBench.RedisAsync(cluster.ConnectionString);
        var (missed, heard) = (0, new ConcurrentQueue<EnrollmentSignal>());
        one.Signals.MayHaveMissed += () => Interlocked.Increment(ref missed);
        one.Signals.EnrollmentPublished += heard.Enqueue;
        var carrier = cluster.Nodes.Single(node => one.Connection.Subscriber.SubscribedEndpoint(StackExchange.Redis.RedisChannel.Literal(StoreKeys.EnrollmentChannel))!.ToString()!.EndsWith($":{node.Port}", StringComparison.Ordinal));
        var user = await UserElsewhereAsync(cluster, carrier);

        await carrier.KillAsync();
        await Eventually.TrueAsync(() => missed > 0, "the signals are in doubt", TimeSpan.FromSeconds(60));

        var version = 0L;
        await Eventually.TrueAsync(
            async () =>
            {
                var change = await two.Enrollments.ChangeAsync(user, null, new(version % 2 == 0 ? TrackKey.Innovative : TrackKey.Stable, "opt-in", default, null, null, 0), BitConverter.GetBytes(version));
                version = change.Version;
                return heard.Any(signal => signal.User == user);
            },
            "signals arrive over another node",
            TimeSpan.FromSeconds(60));
    }

    private static async Task<bool> AppendsAsync(StoreBench bench)
    {
        try
        {
            return (await bench.Ledger.AppendAsync(await bench.Ledger.CountAsync(), [1])).Appended;
        }
        catch (Exception failed) when (failed is AppendOutcomeUnknownException || StoreFaults.IsUnavailable(failed))
        {
            return false;
        }
    }

    private static async Task<string> UserElsewhereAsync(RedisCluster cluster, RedisServer carrier)
    {
        for (var i = 0; ; i++)
        {
            if (await cluster.OwnerAsync(StoreKeys.User($"user-{i}")!) != carrier)
                return $"user-{i}";
        }
    }

    /// <summary>The Redis of the tests may be older than 7.2, which has it: there this says that everything is on disk, and who was asked.</summary>
    private static byte[]? StandInForWaitAof(RedisProxy front, string name, ConcurrentDictionary<int, int> asked)
    {
        if (!name.Equals("WAITAOF", StringComparison.OrdinalIgnoreCase))
            return null;
        asked.AddOrUpdate(front.Target, 1, (_, count) => count + 1);
        return "*3\r\n$4\r\nEVAL\r\n$12\r\nreturn {1,0}\r\n$1\r\n0\r\n"u8.ToArray();
    }
}
