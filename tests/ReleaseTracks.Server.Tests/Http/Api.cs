using System.Text;
using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Http;

/// <summary>One answer, with the parts of a problem at hand.</summary>
internal sealed record Answer(int Status, string ContentType, string Text, HttpResponseMessage Raw)
{
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>What comes after <c>urn:releasetracks:problem:</c>; fails on anything that is no complete problem.</summary>
    public string Problem
    {
        get
        {
            Assert.StartsWith("application/problem+json", ContentType, StringComparison.Ordinal);
            var type = Json.GetProperty("type").GetString()!;
            Assert.StartsWith("urn:releasetracks:problem:", type, StringComparison.Ordinal);
            Assert.NotEmpty(Json.GetProperty("title").GetString()!);
            Assert.NotEmpty(Json.GetProperty("detail").GetString()!);
            Assert.Equal(Status, Json.GetProperty("status").GetInt32());
            return type["urn:releasetracks:problem:".Length..];
        }
    }

    public IEnumerable<string> ErrorPaths => Json.TryGetProperty("errors", out var errors) ? errors.EnumerateObject().Select(error => error.Name) : [];
}

internal static class Api
{
    /// <param name="client">Who calls.</param>
    /// <param name="call">Method and path, such as <c>GET /api/v1/features</c>.</param>
    /// <param name="body">Null sends none.</param>
    /// <param name="contentType">Of the body.</param>
    public static Task<Answer> CallAsync(this HttpClient client, string call, string? body = null, string? contentType = "application/json") =>
        client.CallAsync(call, body is null ? null : Encoding.UTF8.GetBytes(body), contentType);

    public static async Task<Answer> CallAsync(this HttpClient client, string call, byte[]? body, string? contentType = "application/json")
    {
        var (method, path) = (call[..call.IndexOf(' ', StringComparison.Ordinal)], call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString() ?? "", text, answer);
    }

    /// <summary>A plain feature: off (the fallback) and on, released on the ai track.</summary>
    public static string Feature(string key, string more = "") => $$"""
        {"key":"{{key}}","name":"{{key}}","variants":{"off":false,"on":true},"fallback":"off","releases":{"ai":[{"variant":"on","weight":100}]}{{more}}}
        """;

    public static string PutPlan(string key, string more = "") =>
        $$"""{"title":"t","reason":"r","changes":[{"op":"feature.put","feature":{{Feature(key, more)}}}]}""";
}

/// <summary>One server for all tests that bring their own features and users.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private TestServer? server;

    public TestServer Server => server!;

    public HttpClient Admin => Server.Admin;

    /// <summary>Calls with an SDK key.</summary>
    public HttpClient Sdk { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        Sdk = server.Client(await server.CreateKeyAsync("shared"));
        Anonymous = server.Client(null);
    }

    public async ValueTask DisposeAsync()
    {
        Sdk.Dispose();
        Anonymous.Dispose();
        await Server.DisposeAsync();
    }
}

[CollectionDefinition(nameof(SharedServer))]
public sealed class SharedServerCollection : ICollectionFixture<SharedServer>;
