using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>Redis comes back with yesterday's file: what it acknowledged since is gone, and may not be gone silently.</summary>
public sealed class RedisRestoreTests
{
    [Fact]
    public async Task Redis_RestartedFromAnOldFile_IsRefusedUntilTheRightOneIsBack()
    {
        await using var redis = await RedisServer.StartAsync(appendOnly: false);
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
        var (yesterday, today) = (Path.Combine(redis.DataPath, "yesterday"), Path.Combine(redis.DataPath, "today"));
        await SaveAsync(redis, yesterday);
        Assert.True(await server.Admin.ProposesAsync("since then"));
        var revision = (await server.Admin.CallAsync("GET /healthz/ready")).Json.GetProperty("revision").GetInt64();
        await SaveAsync(redis, today);

        await RestartAsync(redis, yesterday);
        await Eventually.TrueAsync(async () => Reasons(await server.Admin.CallAsync("GET /healthz/ready")).Contains($"ledger lost entries {revision}–{revision}", StringComparison.Ordinal), "the loss is named", FaultCalls.Bound);
        Assert.False(await server.Admin.ProposesAsync("refused"));
        await server.Admin.EvaluatesAsync();
        Assert.Contains("releasetracks_ledger_refused 1", (await server.Admin.CallAsync("GET /metrics")).Text, StringComparison.Ordinal);

        await RestartAsync(redis, today);
        await Eventually.TrueAsync(() => server.Admin.ProposesAsync("again"), "it goes on without a restart", FaultCalls.Bound);
        var proposed = await server.Admin.ProposedAsync();
        Assert.Equal((1, 0, 1), (proposed["since then"], proposed.GetValueOrDefault("refused"), proposed["again"]));
    }

    private static string Reasons(Answer health) => string.Join(' ', health.Json.GetProperty("reasons").EnumerateArray());

    private static async Task SaveAsync(RedisServer redis, string copy)
    {
        Assert.Equal("OK", await redis.ExecuteAsync("SAVE"));
        File.Copy(Path.Combine(redis.DataPath, "dump.rdb"), copy);
    }

    private static async Task RestartAsync(RedisServer redis, string file)
    {
        await redis.KillAsync();
        File.Copy(file, Path.Combine(redis.DataPath, "dump.rdb"), overwrite: true);
        await redis.RestartAsync();
    }
}
