using System.Net;
using System.Net.Sockets;
using System.Text;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Http;

/// <summary>Every bad input is a problem that says where and what to do; nothing is stored, and its text is not logged.</summary>
[Collection(nameof(SharedServer))]
public sealed class BadInputTests(SharedServer shared)
{
    private const string Marker = "m4rk3r";

    /// <summary>The feature of a plan, and the path of the one thing that is wrong with it.</summary>
    public static TheoryData<string, string> Features { get; } = new()
    {
        { Feature("""  "on":"yes","off":false  """), "changes[0].feature.variants" },
        { Feature(releases: """  "ai":[{"variant":"on","weight":99}]  """), "changes[0].feature.releases.ai" },
        { Feature(releases: """  "ai":[{"variant":"on","weight":1e400}]  """), "changes[0].feature.releases.ai[0].weight" },
        { Feature(releases: """  "ai":[{"variant":"on","weight":-1},{"variant":"off","weight":101}]  """), "changes[0].feature.releases.ai[0].weight" },
        { Feature(releases: """  "ai":[{"variant":"m4rk3r","weight":100}]  """), "changes[0].feature.releases.ai[0].variant" },
        { Feature(releases: """  "m4rk3r":[{"variant":"on","weight":100}]  """), "changes[0].feature.releases.m4rk3r" },
        { Feature(fallback: "m4rk3r"), "changes[0].feature.fallback" },
        { Feature(more: ""","ai":true"""), "changes[0].feature.disclosure" },
        { Feature(more: ""","objectives":[{"id":"a","indicator":"availability","target":1}]"""), "changes[0].feature.objectives[0].target" },
        { Feature(more: ""","m4rk3r":1"""), "changes[0].feature.m4rk3r" },
        { Feature(more: ""","name":"m4rk3r","name":"twice" """), "changes[0].feature.name" },
        { Feature(more: ""","owner":"m4rk3r \ud800" """), "changes[0].feature.owner" },
        { Feature(more: ""","owner":"m4rk3r \u0000" """), "changes[0].feature.owner" },
        { Feature(key: "m4rk3r/x"), "changes[0].feature.key" },
        { Feature(key: """m4rk3r\u0000"""), "changes[0].feature.key" },
        { Feature(key: "m4rk3r😀"), "changes[0].feature.key" },
        { Feature(key: "M4RK3R"), "changes[0].feature.key" },
        { Feature(key: new string('k', 64)), "changes[0].feature.key" },
    };

    [Theory, MemberData(nameof(Features))]
    public async Task Plan_WithABadFeature_IsRefusedByPath(string feature, string path)
    {
        var answer = await UnstoredAsync("POST /api/v1/plans", $$"""{"title":"t","changes":[{"op":"feature.put","feature":{{feature}}}]}""");

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Contains(answer.ErrorPaths, found => found.StartsWith(path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"changes":[]}""", "changes")]
    [InlineData("""{"changes":{}}""", "changes")]
    [InlineData("""{"changes":[{"op":"m4rk3r"}]}""", "changes[0].op")]
    [InlineData("""{"changes":[null]}""", "changes[0]")]
    [InlineData("""{"changes":[{"op":"release.set","feature":"m4rk3r","track":"ai","allocation":[]}]}""", "changes[0]")]
    [InlineData("""{"changes":[{"op":"rollback.clear","track":"m4rk3r"}]}""", "changes[0].track")]
    [InlineData("""{"title":7,"changes":[{"op":"feature.archive","feature":"nope"}]}""", "title")]
    [InlineData("""{"m4rk3r":1,"changes":[{"op":"feature.archive","feature":"nope"}]}""", "m4rk3r")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    [InlineData("\"m4rk3r\"", "$")]
    public async Task Plan_OfAnotherShape_IsRefusedByPath(string body, string path)
    {
        var answer = await UnstoredAsync("POST /api/v1/plans", body);

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Contains(answer.ErrorPaths, found => found.StartsWith(path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("m4rk3r")]
    [InlineData("{\"title\":\"m4rk3r\"")]
    [InlineData("{\"title\":\"m4rk3r\"} trailing")]
    [InlineData("{'title':'m4rk3r'}")]
    [InlineData("{\"target\":NaN}")]
    public async Task Body_NotJson_SaysWhere(string body)
    {
        foreach (var call in (string[])["POST /api/v1/plans", "POST /api/v1/outcomes", "POST /api/v1/feedback", "POST /api/v1/keys", "PUT /api/v1/users/u/enrollment", "POST /api/v1/features/f/rollback"])
        {
            var answer = await UnstoredAsync(call, body);
            Assert.Equal((400, "not-json"), (answer.Status, answer.Problem));
            Assert.Contains("line 1", answer.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Body_NotUtf8OrTooDeep_IsRefused()
    {
        byte[] title = [.. "{\"title\":\""u8, 0xC3, 0x28, .. "\",\"changes\":[]}"u8];
        var answer = await shared.Admin.CallAsync("POST /api/v1/plans", title);
        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Contains("title", answer.ErrorPaths);
        var deep = new string('[', 100_000) + new string(']', 100_000);
        Assert.Equal("not-json", (await UnstoredAsync("POST /api/v1/plans", deep)).Problem);
    }

    [Fact]
    public async Task Body_WithANameThatIsNoUnicode_IsRefused()
    {
        const string before = "{\"title\":\"t\",\"reason\":\"r\",\"changes\":[{\"op\":\"feature.put\",\"feature\":{\"key\":\"g\",\"name\":\"g\",\"fallback\":\"off\",\"variants\":{\"off\":1,\"on\":{\"";
        foreach (byte[] name in (byte[][])[[0xD9], [.. "\\ud800"u8]])
        {
            byte[] body = [.. Encoding.UTF8.GetBytes(before), .. name, .. "\":1}}}}]}"u8];
            var answer = await shared.Admin.CallAsync("POST /api/v1/plans", body);
            Assert.Equal((400, "not-json"), (answer.Status, answer.Problem));
        }
    }

    [Fact]
    public async Task Body_TooLarge_OfAClientThatSendsAllBeforeItReads_IsAnswered()
    {
        const int length = 8 * 1024 * 1024;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, shared.Server.Url.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var head = $"POST /api/v1/plans HTTP/1.1\r\nHost: {shared.Server.Url.Authority}\r\nAuthorization: Bearer {TestServer.BootstrapToken}\r\nContent-Length: {length}\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        var part = new byte[64 * 1024];
        for (var sent = 0; sent < length; sent += part.Length)
            await stream.WriteAsync(part, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Body_OfTwoMegabytes_IsTooLarge()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"title":"{{new string('x', 2 * 1024 * 1024)}}","changes":[]}""");
        var before = await RevisionAsync();
        foreach (var chunked in (bool[])[false, true])
        {
            // Asks first, as curl does with a large body: a server that refuses while it is being sent closes the connection.
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/plans") { Content = new StreamContent(new MemoryStream(body)) };
            request.Headers.ExpectContinue = true;
            request.Headers.TransferEncodingChunked = chunked;
            try
            {
                using var answer = await shared.Admin.SendAsync(request, TestContext.Current.CancellationToken);
                Assert.Equal(413, (int)answer.StatusCode);
                Assert.Contains("urn:releasetracks:problem:too-large", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
            }
            catch (HttpRequestException refused) when (chunked && refused.InnerException is IOException)
            {
                // Its length is not known beforehand, so it is cut off where it becomes too long.
            }
        }

        Assert.Equal(before, await RevisionAsync());
    }

    /// <summary>The content type is not looked at: there is only one format, and refusing curl's default helps nobody.</summary>
    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Body_OfAnyContentType_IsReadAsJson(string? contentType)
    {
        var answer = await shared.Admin.CallAsync("POST /api/v1/plans", Api.PutPlan("bad-type"), contentType);
        Assert.Equal(201, answer.Status);
    }

    [Theory]
    [InlineData("GET /api/v1/features/m4rk3r%2Fx", 404)]
    [InlineData("GET /api/v1/features/m4rk3r%F0%9F%98%80", 404)]
    [InlineData("POST /api/v1/features/m4rk3r%2Fx/kill", 404)]
    [InlineData("POST /api/v1/features/m4rk3r%F0%9F%98%80/kill", 404)]
    [InlineData("GET /api/v1/m4rk3r", 404)]
    [InlineData("GET /m4rk3r", 404)]
    [InlineData("PATCH /api/v1/plans", 405)]
    [InlineData("GET /api/v1/ledger/m4rk3r/proof", 404)]
    [InlineData("GET /api/v1/users/m4rk3r%01/enrollment", 400)]
    [InlineData("DELETE /api/v1/keys/m4rk3r%2Fx", 404)]
    public async Task Path_ThatNamesNothing_IsAProblem(string call, int status)
    {
        var answer = await UnstoredAsync(call, null);
        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Problem);
    }

    /// <summary>Kestrel refuses it before any of our code runs, so there is no problem document, but nothing happens either.</summary>
    [Fact]
    public async Task Path_WithNul_IsRefused() => Assert.Equal(400, (await UnstoredAsync("GET /api/v1/features/m4rk3r%00", null)).Status);

    private static string Feature(
        string variants = """  "off":false,"on":true  """,
        string releases = """  "ai":[{"variant":"on","weight":100}]  """,
        string key = "m4rk3r",
        string fallback = "off",
        string more = "") =>
        $$"""{"key":"{{key}}","variants":{ {{variants}} },"fallback":"{{fallback}}","releases":{ {{releases}} }{{more}} }""";

    private async Task<Answer> UnstoredAsync(string call, string? body)
    {
        var before = await RevisionAsync();
        var answer = await shared.Admin.CallAsync(call, body);
        Assert.InRange(answer.Status, 400, 499);
        Assert.Equal(before, await RevisionAsync());
        Assert.DoesNotContain(shared.Server.Log.Lines, line => line.Contains(Marker, StringComparison.OrdinalIgnoreCase) && !IsRequestLine(line));
        return answer;
    }

    /// <summary>The framework's own trace of a request's path, below the level that is shown unless somebody asks for it.</summary>
    private static bool IsRequestLine(string line) =>
        line.Contains(" Microsoft.AspNetCore.", StringComparison.Ordinal) && !line.StartsWith("Warning", StringComparison.Ordinal) && !line.StartsWith("Error", StringComparison.Ordinal);

    private async Task<long> RevisionAsync() => (await shared.Admin.CallAsync("GET /api/v1/snapshot")).Json.GetProperty("revision").GetInt64();
}
