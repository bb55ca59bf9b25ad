using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>The clock of the server is ten minutes from that of Prometheus and the product.</summary>
public sealed class ClockFaultTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(-10)]
    [InlineData(10)]
    public async Task Server_TenMinutesFromPrometheus_MeasuresRightAndRollsBackARealBreachOnly(int minutes)
    {
        await using var target = await MetricsTarget.StartAsync();
        target.Add("f", "good", 5000);
        target.Add("f", "bad", 0);
        await using var prometheus = await PrometheusServer.StartAsync(target);
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(minutes));
        await using var server = await TestServer.StartAsync(new()
        {
            Time = time,
            Settings = new Dictionary<string, string?>
            {
                ["ReleaseTracks:Prometheus:Url"] = prometheus.Url.ToString(),
                ["ReleaseTracks:Prometheus:ScrapeInterval"] = "1s",
                // In the server's time, which jumps.
                ["ReleaseTracks:Prometheus:Timeout"] = "300s",
                ["ReleaseTracks:Control:Interval"] = "1s",
            },
        });
        await server.PutFeatureAsync(Api.Feature("f"));

        await TicksAsync(time, "it is measured", async () => (await RowAsync(server)) is var row && Verdict(row) is "Healthy" or "Inconclusive");
        target.Add("f", "good", 300);
        await TicksAsync(time, "what happens is counted", async () => (await RowAsync(server)).GetProperty("good").GetInt64() >= 300);
        Assert.DoesNotContain("\"id\":\"rb_", (await server.Admin.CallAsync("GET /api/v1/rollbacks")).Text, StringComparison.Ordinal);

        // Over several intervals: one bad batch alone proves nothing, however large.
        await TicksAsync(time, "a real breach is rolled back", async () =>
        {
            target.Add("f", "bad", 5);
            return (await server.Admin.CallAsync("GET /api/v1/rollbacks")).Text.Contains("\"id\":\"rb_", StringComparison.Ordinal);
        });
    }

    private static string? Verdict(JsonElement row) => row.GetProperty("verdict").GetString();

    private static async Task<JsonElement> RowAsync(TestServer server)
    {
        var answer = (await server.Admin.CallAsync("GET /api/v1/budgets")).Json;
        var rows = answer.ValueKind == JsonValueKind.Array ? answer : answer.GetProperty("rows");
        return rows.EnumerateArray().FirstOrDefault(row => row.GetProperty("feature").GetString() == "f" && row.GetProperty("track").GetString() == "ai" && row.GetProperty("objective").GetString() == "availability") is { ValueKind: JsonValueKind.Object } found
            ? found
            : JsonElement.Parse("""{"verdict":"None","good":0}""");
    }

    /// <summary>A second of the server's clock passes with each look.</summary>
    private static Task TicksAsync(FakeTimeProvider time, string what, Func<Task<bool>> probe) => Eventually.TrueAsync(
        what,
        async () =>
        {
            time.Advance(Interval);
            return await probe();
        },
        seconds: 60);
}
