using System.Text.Json;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>What every fault is measured by: plans that were proposed, and what became of each.</summary>
internal static class FaultCalls
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    /// <summary>Proposes a plan that can be told by its title. True if it was taken, false if it was refused clearly; anything else fails.</summary>
    public static async Task<bool> ProposesAsync(this HttpClient client, string title)
    {
        var answer = await client.CallAsync("POST /api/v1/plans", Api.PutPlan("g").Replace("\"title\":\"t\"", $"\"title\":\"{title}\"", StringComparison.Ordinal));
        if (answer.Status == 201)
            return true;
        Assert.Equal(503, answer.Status);
        Assert.Contains(answer.Problem, (string[])["ledger-unavailable", "store-unavailable"]);
        return false;
    }

    /// <summary>How often each title was proposed, by the ledger.</summary>
    public static async Task<Dictionary<string, int>> ProposedAsync(this HttpClient client)
    {
        var ledger = await client.CallAsync("GET /api/v1/ledger?limit=10000");
        Assert.Equal(200, ledger.Status);
        return ledger.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
            .Where(entry => entry.GetProperty("type").GetString() == "plan.proposed")
            .CountBy(entry => entry.GetProperty("data").GetProperty("plan").GetProperty("title").GetString()!)
            .ToDictionary();
    }

    public static async Task EvaluatesAsync(this HttpClient client)
    {
        var answer = await client.CallAsync("POST /ofrep/v1/evaluate/flags/f", """{"context":{"targetingKey":"somebody"}}""");
        Assert.Equal((200, "off"), (answer.Status, answer.Json.GetProperty("variant").GetString()));
    }

    /// <summary>Proposes this change, approves and applies it.</summary>
    public static async Task ApplyAsync(this HttpClient client, string change)
    {
        var plan = (await client.CallAsync("POST /api/v1/plans", $$"""{"title":"t","reason":"r","changes":[{{change}}]}""")).Json;
        var (path, hash) = ($"/api/v1/plans/{plan.GetProperty("id").GetString()}", plan.GetProperty("hash").GetString());
        await client.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");
        Assert.Equal(200, (await client.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""")).Status);
    }
}
