using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Plans;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>What most tests need done over HTTP before they can look at something. Each throws with the answer when refused.</summary>
public static class TestServerCalls
{
    /// <summary>A boolean AI feature, on for everybody on the AI track.</summary>
    public const string SmartReplies = """
        {"key":"smart-replies","name":"Smart replies","owner":"messaging","ai":true,"variants":{"off":false,"on":true},"fallback":"off",
         "disclosure":{"version":1,"text":"Replies are suggested by AI.","uri":"https://product.example/ai"},
         "releases":{"ai":[{"variant":"on","weight":100}]},"objectives":[]}
        """;

    /// <summary>Proposes these changes (a JSON array), approves the plan if need be, and applies it; answers with the revision.</summary>
    public static async Task<long> ApplyAsync(this TestServer server, string changes)
    {
        var plan = await server.ProposeAsync(changes);
        var (id, hash) = (plan.GetProperty("id").GetString()!, plan.GetProperty("hash").GetString()!);
        if (plan.GetProperty("approvalsNeeded").GetInt32() > 0)
            await server.ApproveAsync(id, hash);
        var applied = await server.SendAsync(HttpMethod.Post, $"/api/v1/plans/{id}/apply", $$"""{"hash":"{{hash}}"}""");
        return applied.GetProperty("revision").GetInt64();
    }

    /// <summary>As a colleague of the bootstrap token, which may not approve its own plans once a person could.</summary>
    public static async Task ApproveAsync(this TestServer server, string plan, string hash)
    {
        var service = server.Services.GetRequiredService<PlanService>();
        var outcome = await service.ApproveAsync(plan, hash, "", new(ActorKinds.System, "colleague", "in-process"), TestContext.Current.CancellationToken);
        Assert.True(outcome.Done, $"{outcome.Refusal}: {outcome.Detail}");
    }

    public static Task<JsonElement> ProposeAsync(this TestServer server, string changes) =>
        server.SendAsync(HttpMethod.Post, "/api/v1/plans", $$"""{"title":"test","reason":"test","changes":{{changes}}}""");

    /// <summary>Puts a feature as it stands in the API, such as <see cref="SmartReplies"/>.</summary>
    public static Task<long> PutFeatureAsync(this TestServer server, string feature) =>
        server.ApplyAsync($$"""[{"op":"feature.put","feature":{{feature}}}]""");

    /// <summary>A new SDK key; the secret.</summary>
    public static async Task<string> CreateKeyAsync(this TestServer server, string name = "test") =>
        (await server.SendAsync(HttpMethod.Post, "/api/v1/keys", $$"""{"name":"{{name}}","kind":"sdk"}""")).GetProperty("secret").GetString()!;

    public static Task EnrolAsync(this TestServer server, string user, string track, int? disclosureVersion = null) => server.SendAsync(
        HttpMethod.Put,
        $"/api/v1/users/{Uri.EscapeDataString(user)}/enrollment",
        disclosureVersion is { } version ? $$"""{"track":"{{track}}","disclosureVersion":{{version}}}""" : $$"""{"track":"{{track}}"}""");

    public static Task RollBackAsync(this TestServer server, string feature, string track = "ai") =>
        server.SendAsync(HttpMethod.Post, $"/api/v1/features/{feature}/rollback", $$"""{"track":"{{track}}","reason":"test"}""");

    public static Task KillAsync(this TestServer server, string feature) =>
        server.SendAsync(HttpMethod.Post, $"/api/v1/features/{feature}/kill", "{}");

    /// <summary>The JSON of a successful answer with the bootstrap token.</summary>
    public static async Task<JsonElement> SendAsync(this TestServer server, HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await server.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"{method} {path}: {(int)answer.StatusCode} {text}\n{server.Log}", null, answer.StatusCode);
        return answer.StatusCode == HttpStatusCode.NoContent || text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage answer) =>
        await answer.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
}
