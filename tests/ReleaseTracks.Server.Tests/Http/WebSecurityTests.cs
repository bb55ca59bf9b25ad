using System.Net;
using System.Net.WebSockets;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Http;

[Collection(nameof(SharedServer))]
public sealed class WebSecurityTests(SharedServer shared)
{
    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/api/v1/features")]
    [InlineData("/api/v1/no-such-path")]
    [InlineData("/theme.js")]
    public async Task Answer_OfAnyKind_TellsBrowsersWhatItMayDo(string path)
    {
        var answer = await shared.Admin.CallAsync("GET " + path);

        var policy = Header(answer, "Content-Security-Policy");
        var scripts = policy.Split(';', StringSplitOptions.TrimEntries).Single(part => part.StartsWith("script-src", StringComparison.Ordinal));
        Assert.Equal("script-src 'self'", scripts);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal(("nosniff", "same-origin"), (Header(answer, "X-Content-Type-Options"), Header(answer, "Referrer-Policy")));
        Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
        Assert.False(answer.Raw.Headers.Contains("Strict-Transport-Security"));
        Assert.False(answer.Raw.Headers.Contains("X-Frame-Options"));
        Assert.False(answer.Raw.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Evaluation_WhichSkipsTheGeneralWay_IsNotGuessedAtByBrowsersEither()
    {
        var answer = await shared.Admin.CallAsync("POST /ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"<script>"}}""");

        Assert.Equal((200, "nosniff", "no-store"), (answer.Status, Header(answer, "X-Content-Type-Options"), Header(answer, "Cache-Control")));
    }

    [Fact]
    public async Task Frames_OfConfiguredOrigins_MayShowTheUsersPageAndNoOther()
    {
        await using var server = await TestServer.StartAsync(With("ReleaseTracks:Access:EmbedOrigins", "https://shop.example https://app.example"));

        Assert.EndsWith("frame-ancestors https://shop.example https://app.example", Header(await server.Admin.CallAsync("GET /me"), "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.EndsWith("frame-ancestors 'none'", Header(await server.Admin.CallAsync("GET /menu.js"), "Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ReleaseTracks:Access:EmbedOrigins", "https://shop.example/path")]
    [InlineData("ReleaseTracks:Access:EmbedOrigins", "*; script-src *")]
    [InlineData("ReleaseTracks:Access:TrustedProxies", "proxy")]
    [InlineData("ReleaseTracks:Access:WritesPerMinute", "0")]
    [InlineData("ReleaseTracks:Access:SessionLifetime", "forever")]
    [InlineData("ReleaseTracks:Access:InvitationLifetime", "0s")]
    public async Task Setting_ThatMakesNoSense_StopsTheStartAndIsNamed(string key, string value)
    {
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => TestServer.StartAsync(With(key, value)));

        Assert.Contains(key, failed.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Https_ThroughATrustedProxy_IsAskedForEverAfter()
    {
        await using var server = await TestServer.StartAsync(new()
        {
            Settings = new Dictionary<string, string?> { ["AllowedHosts"] = "tracks.example", ["ReleaseTracks:Access:TrustedProxies"] = "127.0.0.1" },
        });
        using var proxied = server.Client(null);
        proxied.DefaultRequestHeaders.Host = "tracks.example";
        proxied.DefaultRequestHeaders.Add("X-Forwarded-Proto", "https");
        proxied.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");

        Assert.Contains("max-age=31536000", Header(await proxied.CallAsync("GET /sign-in"), "Strict-Transport-Security"), StringComparison.Ordinal);
        Assert.Equal(401, (await proxied.CallAsync("GET /metrics")).Status);
    }

    [Theory]
    [InlineData("evil.example", 400)]
    [InlineData("evil.example:5080", 400)]
    [InlineData("localhost", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:5080", 200)]
    public async Task Host_NotOurs_IsRefused(string host, int status)
    {
        using var client = shared.Server.Client(null);
        client.DefaultRequestHeaders.Host = host;

        using var answer = await client.GetAsync(new Uri("/healthz/live", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("http://localhost:5080", "localhost 127.0.0.1 [::1]")]
    [InlineData("http://tracks.example:5080;https://10.0.0.5", "localhost 127.0.0.1 [::1] tracks.example 10.0.0.5")]
    [InlineData("http://127.0.0.1:1;http://+:5080", "*")]
    [InlineData("http://0.0.0.0:5080", "*")]
    [InlineData("http://[::]:5080", "*")]
    public void HostNames_ByDefault_AreThoseOfTheAddresses(string urls, string hosts) =>
        Assert.Equal(hosts.Split(' '), HostNames.Default(urls.Split(';')));

    [Theory]
    [InlineData("0", 403)]
    [InlineData("1", 404)]
    public async Task Write_WithACookie_NeedsTheHeader(string header, int status)
    {
        using var sre = await shared.Server.SignInAsync("sre");
        sre.DefaultRequestHeaders.Remove("X-ReleaseTracks");
        sre.DefaultRequestHeaders.Add("X-ReleaseTracks", header);

        var answer = await sre.CallAsync("POST /api/v1/features/none/kill", "{}");

        Assert.Equal((status, status == 403 ? "csrf" : "not-found"), (answer.Status, answer.Problem));
        Assert.Equal(200, (await sre.CallAsync("GET /api/v1/features")).Status);
    }

    [Theory]
    [InlineData("https://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://127.0.0.1:1", 403)]
    [InlineData("own", 302)]
    [InlineData(null, 302)]
    public async Task SignOut_FromAForeignPage_IsRefused(string? origin, int status)
    {
        using var viewer = await shared.Server.SignInAsync("viewer");
        if (origin is not null)
            viewer.DefaultRequestHeaders.Add("Origin", origin == "own" ? Own : origin);

        Assert.Equal(status, (await viewer.CallAsync("POST /sign-out")).Status);
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("http://localhost:1", HttpStatusCode.Forbidden)]
    [InlineData("own", HttpStatusCode.SwitchingProtocols)]
    public async Task WebSocket_OfTheirPages_OpensFromOurOriginOnly(string origin, HttpStatusCode status)
    {
        using var viewer = await shared.Server.SignInAsync("viewer");
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.SetRequestHeader("Cookie", viewer.DefaultRequestHeaders.GetValues("Cookie").Single());
        socket.Options.SetRequestHeader("Origin", origin == "own" ? Own : origin);

        var opened = await Record.ExceptionAsync(() => socket.ConnectAsync(new($"ws://{shared.Server.Url.Authority}/_blazor"), TestContext.Current.CancellationToken));

        Assert.Equal(status, socket.HttpStatusCode);
        Assert.Equal(status == HttpStatusCode.SwitchingProtocols, opened is null);
    }

    [Fact]
    public async Task WebSocket_WithoutASession_IsRefused()
    {
        using var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;

        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(new($"ws://{shared.Server.Url.Authority}/_blazor"), TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Writes_TooMany_AreToldToWaitAndEvaluationIsNot()
    {
        await using var server = await TestServer.StartAsync(With("ReleaseTracks:Access:WritesPerMinute", "5"));
        var sdk = await server.CreateKeyAsync();
        using var other = await server.SignInAsync("admin");
        Answer answer;
        var writes = 0;
        do
            answer = await server.Admin.CallAsync("POST /api/v1/keys", """{"name":"more","kind":"sdk"}""");
        while (answer.Status == 201 && ++writes < 20);

        Assert.Equal((429, "too-many-writes"), (answer.Status, answer.Problem));
        Assert.InRange(answer.Raw.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(200, (await server.Admin.CallAsync("GET /api/v1/keys")).Status);
        Assert.Equal(201, (await other.CallAsync("POST /api/v1/keys", """{"name":"mine","kind":"sdk"}""")).Status);
        using var product = server.Client(sdk);
        for (var i = 0; i < 20; i++)
            Assert.Equal(200, (await product.CallAsync("POST /ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"u"}}""")).Status);
    }

    [Fact]
    public async Task Body_TooLarge_IsRefused()
    {
        var answer = await shared.Admin.CallAsync("POST /api/v1/people", $$"""{"name":"{{new string('x', 1024 * 1024)}}","roles":["viewer"]}""");

        Assert.Equal((413, "too-large"), (answer.Status, answer.Problem));
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/\tevil")]
    [InlineData("javascript:alert(1)")]
    [InlineData("")]
    public void ReturnAddress_OfAnotherPlace_IsNotLocal(string address)
    {
        Assert.False(Server.Components.Urls.IsLocal(address));
        Assert.Equal("/sign-in", Server.Components.Urls.SignInFor(address));
    }

    private string Own => shared.Server.Url.GetLeftPart(UriPartial.Authority);

    private static TestServerOptions With(string key, string value) => new() { Settings = new Dictionary<string, string?> { [key] = value } };

    private static string Header(Answer answer, string name) => Assert.Single(answer.Raw.Headers.GetValues(name));
}
