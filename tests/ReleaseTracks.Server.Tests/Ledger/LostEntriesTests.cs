using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Ledger;

/// <summary>A store that lost what it had acknowledged: we may not lose it silently.</summary>
public sealed class LostEntriesTests
{
    private const string Ledger = "{rt}:ledger";

    [Fact]
    public async Task Start_LedgerIsShorterThanItsCheckpoint_RefusesToWriteAndSaysWhatIsMissing()
    {
        await using var redis = await RedisServer.StartAsync();
        using var directory = new TemporaryDirectory();
        long revision;
        await using (var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = directory.Path }))
        {
            await server.PutFeatureAsync(Api.Feature("f"));
            await server.PutFeatureAsync(Api.Feature("g"));
            revision = Revision(server);
        }

        await CutAsync(redis, 2);
        await using var again = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = directory.Path });

        await RefusesAsync(again, $"{revision - 1}–{revision}");
        Assert.Equal(200, (await again.Admin.CallAsync("GET /api/v1/features/f")).Status);
        var (exit, _, error) = await VerifyAsync("--redis", redis.ConnectionString, "--data-path", directory.Path);
        Assert.Equal(1, exit);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Start_OnAnEmptiedStore_RefusesAndGoesOnWithoutRestartWhenItIsRestored()
    {
        await using var redis = await RedisServer.StartAsync();
        using var directory = new TemporaryDirectory();
        long revision;
        await using (var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = directory.Path }))
        {
            await server.PutFeatureAsync(Api.Feature("f"));
            revision = Revision(server);
        }

        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        var backup = await database.ListRangeAsync(Ledger);
        await database.KeyDeleteAsync(Ledger);
        await using var again = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = directory.Path });
        // Without any entry there is nothing to evaluate by: not ready, and it says why.
        var empty = await again.Admin.CallAsync("GET /healthz/ready");
        Assert.Equal((503, "unready"), (empty.Status, empty.Json.GetProperty("status").GetString()));
        Assert.Contains($"1–{revision}", empty.Json.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(503, (await again.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("refused"))).Status);

        // First a part of it, as somebody would who restores an older backup before the newest.
        await database.ListRightPushAsync(Ledger, backup[..^1]);
        await Eventually.TrueAsync(() => Revision(again) == revision - 1, "what is there is served");
        await RefusesAsync(again, $"{revision}");

        await database.ListRightPushAsync(Ledger, backup[^1]);
        await Eventually.TrueAsync(
            async () => (await again.Admin.CallAsync("GET /healthz/ready")).Json.GetProperty("status").GetString() == "ready",
            "the restored ledger is taken");
        await again.PutFeatureAsync(Api.Feature("g"));
        Assert.Equal(200, (await again.Admin.CallAsync("GET /api/v1/features/f")).Status);
    }

    [Fact]
    public async Task Running_AnotherEntryStandsInPlaceOfTheLast_IsNotWrittenUpon()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
        var revision = Revision(server);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();

        // A failover lost the last entry, and another server has appended its own: in one step, as this server would see it.
        var transaction = database.CreateTransaction();
        var lost = transaction.ListRightPopAsync(Ledger);
        _ = transaction.ListRightPushAsync(Ledger, """{"id":"another"}""");
        Assert.True(await transaction.ExecuteAsync());
        var append = await server.Services.GetRequiredService<LedgerStore>().AppendAsync(revision, [1], server.Services.GetRequiredService<LedgerMirror>().LastId);

        Assert.False(append.Appended);
        Assert.Equal(revision, append.Count);
        await RefusesAsync(server, "rewritten");
        Assert.Equal(revision, await database.ListLengthAsync(Ledger));
        Assert.NotEqual("another", (string?)await lost);
    }

    [Fact]
    public async Task Running_LedgerIsCut_IsNoticedAndEndsWhenItIsRestored()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
        await server.PutFeatureAsync(Api.Feature("g"));
        var revision = Revision(server);
        var lost = await CutAsync(redis, 1);

        await RefusesAsync(server, $"{revision}");
        Assert.Equal(200, (await server.Admin.CallAsync("GET /api/v1/features/g")).Status);

        await using (var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
            await connection.GetDatabase().ListRightPushAsync(Ledger, lost);
        await Eventually.TrueAsync(
            async () => (await server.Admin.CallAsync("GET /healthz/ready")).Json.GetProperty("status").GetString() == "ready",
            "the restored ledger is taken");
        await server.PutFeatureAsync(Api.Feature("h"));
    }

    [Fact]
    public async Task Verify_StoppedServersDataPath_SaysWhetherItIsWhole()
    {
        using var directory = new TemporaryDirectory();
        await using (var server = await TestServer.StartAsync(new() { DataPath = directory.Path }))
            await server.PutFeatureAsync(Api.Feature("f"));

        var (exit, output, error) = await VerifyAsync("--data-path", directory.Path);
        Assert.Equal((0, ""), (exit, error));
        Assert.StartsWith("ok: ", output, StringComparison.Ordinal);

        Assert.Equal(1, (await VerifyAsync("--data-path", Path.Combine(directory.Path, "nowhere"))).Exit);
        Assert.Equal(1, (await VerifyAsync("--nonsense")).Exit);
    }

    [Fact]
    public async Task Verify_EntryWasTamperedWith_NamesIt()
    {
        await using var redis = await RedisServer.StartAsync();
        using var directory = new TemporaryDirectory();
        await using (var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = directory.Path }))
            await server.PutFeatureAsync(Api.Feature("honest"));
        await using (var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString))
        {
            var database = connection.GetDatabase();
            var last = await database.ListLengthAsync(Ledger) - 2;
            var entry = (string)(await database.ListGetByIndexAsync(Ledger, last))!;
            await database.ListSetByIndexAsync(Ledger, last, entry.Replace("honest", "forged", StringComparison.Ordinal));
        }

        var (exit, _, error) = await VerifyAsync("--redis", redis.ConnectionString, "--data-path", directory.Path);

        Assert.Equal(1, exit);
        Assert.Matches("entry [0-9]+|root|checkpoint", error);
    }

    /// <summary>The last entry: an applied plan is followed by what reading it back found.</summary>
    private static long Revision(TestServer server) => server.Services.GetRequiredService<SnapshotHolder>().Current.Revision;

    private static async Task RefusesAsync(TestServer server, string missing)
    {
        var write = await server.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("refused"));
        Assert.Equal((503, "ledger-unavailable"), (write.Status, write.Problem));
        Assert.Contains(missing, write.Text, StringComparison.Ordinal);
        Assert.NotNull(write.Raw.Headers.RetryAfter);
        var health = await server.Admin.CallAsync("GET /healthz/ready");
        Assert.Equal((200, "degraded"), (health.Status, health.Json.GetProperty("status").GetString()));
        Assert.Contains(missing, health.Json.GetProperty("reasons")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(200, (await server.Admin.CallAsync("GET /api/v1/users/u/enrollment")).Status);
    }

    /// <summary>Takes away the newest entries, as a failover to a replica that lags does. The last of them.</summary>
    private static async Task<RedisValue> CutAsync(RedisServer redis, int entries)
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        RedisValue last = default;
        for (var i = 0; i < entries; i++)
            last = await connection.GetDatabase().ListRightPopAsync(Ledger);
        return last;
    }

    private static async Task<(int Exit, string Output, string Error)> VerifyAsync(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var exit = await LedgerVerifyCommand.RunAsync(arguments, output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
