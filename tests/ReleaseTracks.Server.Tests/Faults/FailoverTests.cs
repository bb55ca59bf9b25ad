using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>A store of several servers loses one: writes commit once or are refused clearly, and no restart is needed.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task Sentinel_PrimaryKilled_WritesCommitOnceOrAreRefusedAndGoOnOnTheReplica()
    {
        await using var redis = await RedisSentinel.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
        Assert.True(await server.Admin.ProposesAsync("before"));
        await redis.InStepAsync();

        await redis.Primary.KillAsync();
        var taken = await ProposeUntilTakenAsync(server, "after");

        Assert.Contains("role:master", await redis.Replica.ExecuteAsync("INFO", "replication"), StringComparison.Ordinal);
        await OnceAsync(server, [.. taken, "before"]);
        await Eventually.TrueAsync(
            async () => (await server.Admin.CallAsync("PUT /api/v1/users/u/enrollment", """{"track":"innovative"}""")).Status == 200, "enrolling works again", FaultCalls.Bound);
        await Eventually.TrueAsync(async () => (await server.Admin.CallAsync("GET /healthz/ready")).Json.GetProperty("status").GetString() == "ready", "all is well", FaultCalls.Bound);
    }

    [Fact]
    public async Task Cluster_NodeOfTheLedgerKilled_RefusesClearlyAndGoesOnWhenItIsBack()
    {
        await using var redis = await RedisCluster.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
        Assert.True(await server.Admin.ProposesAsync("before"));
        var owner = await redis.OwnerAsync(StoreKeys.Ledger!);

        await owner.KillAsync();
        Assert.False(await server.Admin.ProposesAsync("refused"));
        await server.Admin.EvaluatesAsync();
        var health = await server.Admin.CallAsync("GET /healthz/ready");
        Assert.Equal((200, "degraded"), (health.Status, health.Json.GetProperty("status").GetString()));

        await owner.RestartAsync();
        var taken = await ProposeUntilTakenAsync(server, "after");
        await OnceAsync(server, [.. taken, "before"]);
    }

    /// <summary>Tries until one is taken, each under its own title; those that were.</summary>
    private static async Task<List<string>> ProposeUntilTakenAsync(TestServer server, string prefix)
    {
        var (taken, tries) = (new List<string>(), 0);
        await Eventually.TrueAsync(
            async () =>
            {
                await server.Admin.EvaluatesAsync();
                var title = $"{prefix}-{tries++}";
                if (await server.Admin.ProposesAsync(title))
                    taken.Add(title);
                return taken.Count > 0;
            },
            "a plan is taken",
            FaultCalls.Bound);
        return taken;
    }

    private static async Task OnceAsync(TestServer server, IReadOnlyCollection<string> taken)
    {
        var proposed = await server.Admin.ProposedAsync();
        Assert.All(taken, title => Assert.Equal(1, proposed.GetValueOrDefault(title)));
        Assert.All(proposed.Values, count => Assert.Equal(1, count));
    }
}
