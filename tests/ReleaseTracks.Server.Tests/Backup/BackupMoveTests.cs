using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;
using static ReleaseTracks.Server.Tests.Backup.BackupCalls;

namespace ReleaseTracks.Server.Tests.Backup;

/// <summary>A move of everything from one kind of store to the other, and back.</summary>
public sealed class BackupMoveTests
{
    private static readonly Dictionary<string, string?> Still = new() { ["ReleaseTracks:Control:Interval"] = "1s", ["ReleaseTracks:Control:StaleAfter"] = "1h" };

    [Fact]
    public async Task ExportImport_EmbeddedToRedisAndBack_KeepsLedgerPeopleAndBudgets()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisServer.StartAsync();
        var (first, second, third) = (Path.Combine(directory.Path, "a"), Path.Combine(directory.Path, "b"), Path.Combine(directory.Path, "c"));
        JsonElement budget;
        await using (var server = await TestServer.StartAsync(new() { DataPath = first, Settings = Still }))
        {
            await FillAsync(server);
            budget = await BudgetAsync(server);
        }

        await MoveAsync(["--data-path", first], ["--redis", redis.ConnectionString, "--data-path", second], Path.Combine(directory.Path, "backup-1"));
        await using (var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, DataPath = second, Settings = Still }))
        {
            await HasAllAsync(server, budget);
            await server.EnrolAsync("grace", "ai", 1);
        }

        await MoveAsync(["--redis", redis.ConnectionString, "--data-path", second], ["--data-path", third], Path.Combine(directory.Path, "backup-2"));
        await using var last = await TestServer.StartAsync(new() { DataPath = third, Settings = Still });
        await HasAllAsync(last, budget);
        Assert.Equal("ai", await TrackOfAsync(last, "grace"));
        await last.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("Smart replies", "Smarter replies", StringComparison.Ordinal));
    }

    private static async Task FillAsync(TestServer server)
    {
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        await server.SendAsync(HttpMethod.Post, "/api/v1/outcomes", Batch);
    }

    private const string Batch = """
        {"batchId":"once","outcomes":[{"feature":"smart-replies","track":"ai","variant":"on","indicator":"availability","good":9970,"bad":30}]}
        """;

    private static async Task MoveAsync(string[] from, string[] to, string backup)
    {
        var (exported, said, failed) = await ExportAsync([.. from, "--to", backup]);
        Assert.True(exported == 0, failed);
        Assert.DoesNotContain("warning", said, StringComparison.Ordinal);
        var (imported, answer, refused) = await ImportAsync([.. to, "--from", backup]);
        Assert.True(imported == 0, refused);
        Assert.Contains("signed by ", answer, StringComparison.Ordinal);
    }

    private static async Task HasAllAsync(TestServer server, JsonElement budget)
    {
        Assert.Equal("ai", await TrackOfAsync(server, "ada"));
        Assert.Single((await server.SendAsync(HttpMethod.Get, "/api/v1/users/ada/receipts")).EnumerateArray());
        var now = await BudgetAsync(server);
        Assert.Equal(
            (budget.GetProperty("good").GetInt64(), budget.GetProperty("bad").GetInt64(), budget.GetProperty("verdict").GetString()),
            (now.GetProperty("good").GetInt64(), now.GetProperty("bad").GetInt64(), now.GetProperty("verdict").GetString()));
        Assert.Equal(budget.GetProperty("evidence").GetProperty("g").GetDouble(), now.GetProperty("evidence").GetProperty("g").GetDouble(), 9);
        // The same batch again counts once, wherever the store has gone meanwhile.
        await server.SendAsync(HttpMethod.Post, "/api/v1/outcomes", Batch);
        Assert.Equal(10_000, (await BudgetAsync(server)).GetProperty("good").GetInt64() + now.GetProperty("bad").GetInt64());
    }

    private static async Task<string?> TrackOfAsync(TestServer server, string user) =>
        (await server.SendAsync(HttpMethod.Get, $"/api/v1/users/{user}/enrollment")).GetProperty("track").GetString();

    /// <summary>The feature's own row, once the control loop has counted the batch.</summary>
    private static async Task<JsonElement> BudgetAsync(TestServer server)
    {
        JsonElement row = default;
        await Eventually.TrueAsync(
            async () =>
            {
                row = (await server.SendAsync(HttpMethod.Get, "/api/v1/budgets")).EnumerateArray().FirstOrDefault(one =>
                    one.GetProperty("feature").GetString() == "smart-replies" && one.GetProperty("objective").GetString() == "availability");
                return row.ValueKind == JsonValueKind.Object && row.GetProperty("bad").ValueKind == JsonValueKind.Number && row.GetProperty("bad").GetInt64() > 0;
            },
            "the batch is in the budget",
            TimeSpan.FromSeconds(60));
        return row;
    }
}
