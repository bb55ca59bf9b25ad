using System.Globalization;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>Two server processes on one Redis, and what becomes of a breach when the one that leads is gone.</summary>
public sealed class LeaderFaultTests
{
    private const string Feature = """
        {"op":"feature.put","feature":{"key":"f","ai":true,"variants":{"off":false,"on":true},"fallback":"off","disclosure":{"version":1,"text":"AI."},
         "releases":{"ai":[{"variant":"on","weight":100}]},"objectives":[{"id":"availability","indicator":"availability","target":0.99}]}}
        """;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private int batch;

    [Fact]
    public async Task Leader_KilledDuringABreach_IsReplacedAndTheRollbackCommittedOnce()
    {
        await using var redis = await RedisServer.StartAsync();
        using var data = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        await using var first = await ServerProcess.StartAsync(data.Path, Settings(redis.ConnectionString));
        await Eventually.TrueAsync(first.LeadsAsync, "the first leads", TimeSpan.FromSeconds(60));
        await using var second = await ServerProcess.StartAsync(other.Path, Settings(redis.ConnectionString));
        await first.Client.ApplyAsync(Feature);
        await ReportAsync(first.Client, good: 100, bad: 0);
        // Too few to be proven: the breach is under way when its leader dies.
        await ReportAsync(first.Client, good: 5, bad: 2);
        Assert.Equal(0, await RollbacksAsync(first.Client));

        await first.KillAsync();
        var killed = TimeProvider.System.GetUtcNow();
        // Reported to the one that is left: nobody leads until the lease has run out.
        await Eventually.TrueAsync(
            async () =>
            {
                await ReportAsync(second.Client, good: 0, bad: 20);
                return await RollbacksAsync(second.Client) > 0;
            },
            "the rollback is committed by the other",
            TimeSpan.FromSeconds(60));

        Assert.Equal(1, await RollbacksAsync(second.Client));
        Assert.True(await second.LeadsAsync());
        var took = (await second.Client.CallAsync("GET /api/v1/rollbacks")).Json[0].GetProperty("at").GetDateTimeOffset() - killed;
        TestContext.Current.TestOutputHelper?.WriteLine($"rolled back {took.TotalSeconds:0.00} s after the leader was killed");
        // The lease and one round; the rest is for a machine that has other things to do.
        Assert.InRange(took, TimeSpan.Zero, Lease + Interval + TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Leader_StoppedInTheMiddleOfARoundPastItsLease_LosesItsLateWrite()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var network = new RedisProxy { Target = redis.Port };
        using var data = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        await using var first = await ServerProcess.StartAsync(data.Path, Settings(network.ConnectionString));
        await Eventually.TrueAsync(first.LeadsAsync, "the first leads", TimeSpan.FromSeconds(60));
        await using var second = await ServerProcess.StartAsync(other.Path, Settings(redis.ConnectionString));
        await first.Client.ApplyAsync(Feature);
        await ReportAsync(first.Client, good: 100, bad: 0);

        // It reads the outcome counters after it renewed its lease and before it writes what it made of them.
        var stopped = 0;
        network.OnCommand = name =>
        {
            if (name.Equals("HGETALL", StringComparison.OrdinalIgnoreCase) && Interlocked.Exchange(ref stopped, 1) == 0)
                first.Suspend();
            return null;
        };
        await Eventually.TrueAsync(() => Volatile.Read(ref stopped) == 1, "the first stands still", TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(
            async () =>
            {
                await ReportAsync(second.Client, good: 0, bad: 20);
                return await RollbacksAsync(second.Client) > 0;
            },
            "the other takes over and rolls back",
            TimeSpan.FromSeconds(60));
        first.Resume();

        await Eventually.TrueAsync(() => first.Output.Contains("Another server leads the control loop now", StringComparison.Ordinal), "the first is told that it lost", TimeSpan.FromSeconds(60));
        Assert.False(await first.LeadsAsync());
        Assert.True(await second.LeadsAsync());
        await Eventually.TrueAsync(async () => await RollbacksAsync(first.Client) == 1, "the first has heard of the rollback", TimeSpan.FromSeconds(60));
        Assert.Equal(1, await RollbacksAsync(second.Client));
        foreach (var path in (string[])[data.Path, other.Path])
        {
            var (exit, output) = await ServerProcess.RunAsync("ledger", "verify", "--redis", redis.ConnectionString, "--data-path", path);
            Assert.True(exit == 0, output);
        }
    }

    private static string[] Settings(string redis) => [$"--ReleaseTracks:Store:Redis={redis}", "--ReleaseTracks:Control:Interval=1s"];

    private async Task ReportAsync(HttpClient client, int good, int bad)
    {
        var id = (++batch).ToString(CultureInfo.InvariantCulture);
        await client.CallAsync("POST /api/v1/outcomes", $$"""
            {"batchId":"b{{id}}","outcomes":[{"feature":"f","track":"ai","variant":"on","indicator":"availability","good":{{good}},"bad":{{bad}}},
             {"feature":"f","track":"ai","variant":"off","indicator":"availability","good":20,"bad":0}]}
            """);
    }

    private static async Task<int> RollbacksAsync(HttpClient client) =>
        (await client.CallAsync("GET /api/v1/rollbacks")).Text.Split("\"id\":\"rb_", StringSplitOptions.None).Length - 1;
}
