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

    private int batch;

    [Fact]
    public async Task Leader_KilledDuringABreach_IsReplacedAndTheRollbackCommittedOnce()
    {
        await using var redis = await RedisServer.StartAsync();
        using var data = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        string[] settings = [$"--ReleaseTracks:Store:Redis={redis.ConnectionString}", "--ReleaseTracks:Control:Interval=1s"];
        await using var first = await ServerProcess.StartAsync(data.Path, settings);
        await Eventually.TrueAsync(() => LeadsAsync(first.Client), "the first leads", TimeSpan.FromSeconds(60));
        await using var second = await ServerProcess.StartAsync(other.Path, settings);
        await ApplyAsync(first.Client, Feature);
        await ReportAsync(first.Client, good: 100, bad: 0);
        // Too few to be proven: the breach is under way when its leader dies.
        await ReportAsync(first.Client, good: 5, bad: 2);
        Assert.Equal(0, await RollbacksAsync(first.Client));

        await first.KillAsync();
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
        Assert.True(await LeadsAsync(second.Client));
    }

    private async Task ReportAsync(HttpClient client, int good, int bad)
    {
        var id = (++batch).ToString(CultureInfo.InvariantCulture);
        await client.CallAsync("POST /api/v1/outcomes", $$"""
            {"batchId":"b{{id}}","outcomes":[{"feature":"f","track":"ai","variant":"on","indicator":"availability","good":{{good}},"bad":{{bad}}},
             {"feature":"f","track":"ai","variant":"off","indicator":"availability","good":20,"bad":0}]}
            """);
    }

    private static async Task<bool> LeadsAsync(HttpClient client) =>
        (await client.CallAsync("GET /metrics")).Text.Contains("releasetracks_control_leader 1", StringComparison.Ordinal);

    private static async Task<int> RollbacksAsync(HttpClient client) =>
        (await client.CallAsync("GET /api/v1/rollbacks")).Text.Split("\"id\":\"rb_", StringSplitOptions.None).Length - 1;

    private static async Task ApplyAsync(HttpClient client, string change)
    {
        var plan = (await client.CallAsync("POST /api/v1/plans", $$"""{"title":"t","reason":"r","changes":[{{change}}]}""")).Json;
        var (path, hash) = ($"/api/v1/plans/{plan.GetProperty("id").GetString()}", plan.GetProperty("hash").GetString());
        await client.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");
        Assert.Equal(200, (await client.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""")).Status);
    }
}
