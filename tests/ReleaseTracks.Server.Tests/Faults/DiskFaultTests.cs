using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>The disk is full: nothing is acknowledged that is not on it, evaluation goes on, and room is all that it takes to recover.</summary>
public sealed class DiskFaultTests
{
    private const int Megabytes = 48;

    [Fact]
    public async Task EmbeddedStore_DiskFull_RefusesWritesAndGoesOnWhenThereIsRoom()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        await using (var server = await ServerProcess.StartAsync(disk.DataPath, "--ReleaseTracks:Control:Interval=1s"))
        {
            await server.Client.ApplyAsync($$"""{"op":"feature.put","feature":{{Api.Feature("f")}}}""");
            var (taken, tries) = (new List<string>(), 0);
            for (var round = 0; round < 2; round++)
            {
                disk.Fill();
                // What is being written when the disk is full may still fit into what is left.
                await Eventually.TrueAsync(async () => !await TakesAsync(server, taken, tries++), "a plan is refused", FaultCalls.Bound);
                await Eventually.TrueAsync(
                    async () => (await server.Client.CallAsync("GET /healthz/ready")).Text.Contains("make room", StringComparison.Ordinal), "it says what to do", FaultCalls.Bound);
                Assert.False(await TakesAsync(server, taken, tries++));
                await server.Client.EvaluatesAsync();

                disk.MakeRoom();
                await Eventually.TrueAsync(() => TakesAsync(server, taken, tries++), "it goes on without a restart", FaultCalls.Bound);
                await server.Client.EvaluatesAsync();
            }

            var proposed = await server.Client.ProposedAsync();
            Assert.All(taken, title => Assert.Equal(1, proposed.GetValueOrDefault(title)));
            Assert.All(proposed.Values, count => Assert.Equal(1, count));
            Assert.DoesNotContain("Unhandled", server.Output, StringComparison.Ordinal);
        }

        var (exit, output) = await ServerProcess.RunAsync("ledger", "verify", "--data-path", disk.DataPath);
        Assert.True(exit == 0, output);
    }

    [Fact]
    public async Task OwnDiskOfAServerOnRedis_Full_IsSaidAndKeepsNobodyFromChanging()
    {
        using var disk = SmallDisk.Mount(Megabytes);
        await using var redis = await RedisServer.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = disk.DataPath });
        await server.PutFeatureAsync(Api.Feature("f"));

        disk.Fill();
        Assert.True(await server.Admin.ProposesAsync("full"));
        var health = await server.Admin.CallAsync("GET /healthz/ready");
        Assert.Equal((200, "degraded"), (health.Status, health.Json.GetProperty("status").GetString()));
        Assert.Contains("ledger.checkpoint", health.Text, StringComparison.Ordinal);

        disk.MakeRoom();
        Assert.True(await server.Admin.ProposesAsync("room"));
        Assert.Equal("ready", (await server.Admin.CallAsync("GET /healthz/ready")).Json.GetProperty("status").GetString());
    }

    private static async Task<bool> TakesAsync(ServerProcess server, List<string> taken, int number)
    {
        var title = $"plan-{number}";
        if (!await server.Client.ProposesAsync(title))
            return false;
        taken.Add(title);
        return true;
    }
}
