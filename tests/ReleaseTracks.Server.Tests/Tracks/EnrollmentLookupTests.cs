using System.Net;
using System.Text;
using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Tracks;

public sealed class EnrollmentLookupTests : IAsyncLifetime
{
    private const string Path = "/api/v1/users/enrollments";
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Lookup_KnownAndUnknownUsers_AreAnsweredInOrder()
    {
        await server.EnrolAsync("ada", "ai", 1);
        await server.SendAsync(HttpMethod.Put, "/api/v1/users/bea%2F1/enrollment", """{"track":"innovative","organisation":"acme"}""");
        await server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"acme","ceiling":"stable"}}]""");

        var users = (await server.SendAsync(HttpMethod.Post, Path, """{"users":["cem","bea/1","ada","ada"]}""")).GetProperty("users").EnumerateArray().ToArray();

        Assert.Equal(["cem", "bea/1", "ada", "ada"], users.Select(user => user.GetProperty("user").GetString()));
        Assert.Equal(["stable", "stable", "ai", "ai"], users.Select(user => user.GetProperty("track").GetString()));
        Assert.Equal("""{"track":"stable","source":"default","organisation":null}""", users[0].GetProperty("stored").GetRawText());
        Assert.Equal("innovative", users[1].GetProperty("stored").GetProperty("track").GetString());
        Assert.Equal("acme", users[1].GetProperty("stored").GetProperty("organisation").GetString());
        Assert.Equal("""["track:ai"]""", users[2].GetProperty("groups").GetRawText());
    }

    [Fact]
    public async Task Lookup_FiveHundredUsers_IsAnswered()
    {
        var answer = await server.SendAsync(HttpMethod.Post, Path, JsonSerializer.Serialize(new { users = Enumerable.Range(0, 500).Select(i => $"user-{i}") }));

        Assert.Equal(500, answer.GetProperty("users").GetArrayLength());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"users":[]}""")]
    [InlineData("""{"users":[""]}""")]
    [InlineData("""{"users":[1]}""")]
    [InlineData("""{"users":"ada"}""")]
    [InlineData("""{"users":["a\u0001"]}""")]
    [InlineData("""{"users":["ada"],"more":1}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Lookup_BadBody_IsAProblem(string body) => Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server.Admin, body));

    [Fact]
    public async Task Lookup_TooManyUsersOrTooLongAnId_IsAProblem()
    {
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server.Admin, JsonSerializer.Serialize(new { users = Enumerable.Range(0, 501).Select(i => $"user-{i}") })));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync(server.Admin, JsonSerializer.Serialize(new { users = new[] { new string('x', 257) } })));
    }

    [Fact]
    public async Task Lookup_ByKey_IsAllowedAndWithoutIsNot()
    {
        using var sdk = server.Client(await server.CreateKeyAsync());
        using var nobody = server.Client(null);

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(sdk, """{"users":["ada"]}"""));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(nobody, """{"users":["ada"]}"""));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(Path, content, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
