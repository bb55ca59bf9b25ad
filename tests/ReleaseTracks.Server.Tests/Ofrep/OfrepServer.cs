using System.Net;
using System.Text;
using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Ofrep;

/// <summary>One server for the tests of a class, with a feature of every type, an SDK key and users on all tracks.</summary>
public sealed class OfrepServer : IAsyncLifetime
{
    private const string Features = """
        [{"op":"feature.put","feature":{"key":"smart-replies","name":"Smart replies","owner":"messaging","ai":true,
            "variants":{"off":false,"on":true},"fallback":"off",
            "disclosure":{"version":3,"text":"Replies are suggested by \"AI\" – check them.","uri":"https://product.example/ai"},
            "releases":{"ai":[{"variant":"on","weight":100}]}}},
         {"op":"feature.put","feature":{"key":"theme","name":"Theme","variants":{"old":"gray","new":"blue ☀"},"fallback":"old",
            "releases":{"stable":[{"variant":"new","weight":100}]}}},
         {"op":"feature.put","feature":{"key":"page-size","name":"Page size","variants":{"small":10,"large":50.5},"fallback":"small",
            "releases":{"innovative":[{"variant":"large","weight":100}]}}},
         {"op":"feature.put","feature":{"key":"layout","name":"Layout","variants":{"plain":{"columns":1},"rich":{"columns":3,"ads":[]}},"fallback":"plain",
            "releases":{"stable":[{"variant":"rich","weight":50},{"variant":"plain","weight":50}]}}},
         {"op":"feature.put","feature":{"key":"dead","name":"Dead","variants":{"off":"a","on":"b"},"fallback":"off",
            "releases":{"stable":[{"variant":"on","weight":100}]}}},
         {"op":"organisation.put","organisation":{"id":"careful","ceiling":"innovative"}}]
        """;

    public TestServer Server { get; private set; } = null!;

    public string Key { get; private set; } = "";

    public ValueTask InitializeAsync() => InitializeAsync(null);

    public async ValueTask InitializeAsync(TestServerOptions? options)
    {
        Server = await TestServer.StartAsync(options);
        await Server.ApplyAsync(Features);
        Key = await Server.CreateKeyAsync();
        await Server.EnrolAsync("ada", "ai", 1);
        await Server.EnrolAsync("ines", "innovative");
        await Server.KillAsync("dead");
    }

    public ValueTask DisposeAsync() => Server?.DisposeAsync() ?? ValueTask.CompletedTask;

    public Task<HttpResponseMessage> OneAsync(string key, string? user, string? organisation = null) =>
        PostAsync($"/ofrep/v1/evaluate/flags/{key}", Body(user, organisation));

    public Task<HttpResponseMessage> AllAsync(string? user, string? ifNoneMatch = null) =>
        PostAsync("/ofrep/v1/evaluate/flags", Body(user, null), ifNoneMatch);

    /// <summary>A raw body, also one that is not JSON.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, string body, string? ifNoneMatch = null, Action<HttpRequestMessage>? change = null)
    {
        using var client = Server.Client(null);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("X-API-Key", Key);
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        change?.Invoke(request);
        return await client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> pending)
    {
        using var answer = await pending;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        return await answer.JsonAsync();
    }

    public static async Task<JsonElement> FaultAsync(Task<HttpResponseMessage> pending, HttpStatusCode status, string code)
    {
        using var answer = await pending;
        var body = await answer.JsonAsync();
        Assert.Equal((status, code), (answer.StatusCode, body.GetProperty("errorCode").GetString()));
        Assert.False(string.IsNullOrEmpty(body.GetProperty("errorDetails").GetString()));
        return body;
    }

    private static string Body(string? user, string? organisation)
    {
        var context = new Dictionary<string, object> { ["plan"] = new Dictionary<string, int> { ["seats"] = 3 } };
        if (user is not null)
            context["targetingKey"] = user;
        if (organisation is not null)
            context["organisation"] = organisation;
        return JsonSerializer.Serialize(new { context });
    }
}
