using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>A Redis that refuses, hangs or dies: evaluation goes on, writes fail clearly and once, and no restart is needed.</summary>
public sealed class RedisFaultTests : IAsyncLifetime
{
    private const string Evaluate = "POST /ofrep/v1/evaluate/flags/f";
    private const string Somebody = """{"context":{"targetingKey":"somebody"}}""";
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private RedisServer redis = null!;
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        redis = await RedisServer.StartAsync();
        server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await redis.DisposeAsync();
    }

    [Fact]
    public async Task Memory_Full_RefusesChangesClearlyAndGoesOnWhenThereIsRoom()
    {
        await AdministerAsync(admin => admin.ConfigSetAsync("maxmemory", "1"));

        await RefusesAsync("OOM");

        await AdministerAsync(admin => admin.ConfigSetAsync("maxmemory", "0"));
        await RecoversAsync();
    }

    [Fact]
    public async Task Primary_BecomesAReadOnlyReplica_RefusesChangesAndGoesOnWhenPromoted()
    {
        // Of nobody who answers: what it has stays readable.
        await AdministerAsync(admin => admin.ExecuteAsync("REPLICAOF", "127.0.0.1", RedisServer.FreePort()));

        await RefusesAsync();

        await AdministerAsync(admin => admin.ExecuteAsync("REPLICAOF", "NO", "ONE"));
        await RecoversAsync();
    }

    [Fact]
    public async Task Server_Killed_RefusesChangesAndGoesOnWhenItIsBack()
    {
        await redis.KillAsync();

        await RefusesAsync();

        await redis.RestartAsync();
        await RecoversAsync();
    }

    [Fact]
    public async Task Server_Hanging_StillEvaluatesAndGoesOnWhenItAnswers()
    {
        redis.Suspend();
        try
        {
            await EvaluatesAsync();
            await RefusesAsync();
        }
        finally
        {
            redis.Resume();
        }

        await RecoversAsync();
    }

    private async Task EvaluatesAsync()
    {
        var answer = await server.Admin.CallAsync(Evaluate, Somebody);
        Assert.Equal((200, "off"), (answer.Status, answer.Json.GetProperty("variant").GetString()));
    }

    private async Task RefusesAsync(string? reason = null)
    {
        await Eventually.TrueAsync(async () => (await server.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("g"))).Status == 503, "a plan is refused", Bound);
        var write = await server.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("g"));
        Assert.Equal(503, write.Status);
        Assert.Contains(write.Problem, (string[])["ledger-unavailable", "store-unavailable"]);
        if (reason is not null)
            Assert.Contains(reason, write.Text, StringComparison.Ordinal);
        Assert.Equal(503, (await server.Admin.CallAsync("PUT /api/v1/users/u/enrollment", """{"track":"innovative"}""")).Status);
        await EvaluatesAsync();
        Assert.Equal(200, (await server.Admin.CallAsync("GET /healthz/ready")).Status);
    }

    private async Task RecoversAsync()
    {
        await Eventually.TrueAsync(async () => (await server.Admin.CallAsync("PUT /api/v1/users/u/enrollment", """{"track":"innovative"}""")).Status == 200, "enrolling works again", Bound);
        await Eventually.TrueAsync(async () => (await server.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("g"))).Status == 201, "a plan is taken again", Bound);
        await EvaluatesAsync();
        var ledger = await server.Admin.CallAsync("GET /api/v1/ledger");
        Assert.Equal(200, ledger.Status);
    }

    private async Task AdministerAsync(Func<Administration, Task> act)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{redis.ConnectionString},allowAdmin=true");
        await act(new(connection));
    }

    private sealed class Administration(ConnectionMultiplexer connection)
    {
        private IServer Server => connection.GetServer(connection.GetEndPoints()[0]);

        public Task ConfigSetAsync(string name, string value) => Server.ConfigSetAsync(name, value);

        public Task ExecuteAsync(string command, params object[] arguments) => Server.ExecuteAsync(command, arguments);
    }
}
