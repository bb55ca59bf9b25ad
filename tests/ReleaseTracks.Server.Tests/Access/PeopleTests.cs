using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Access;

[Collection(nameof(SharedServer))]
public sealed class PeopleTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Invitation_Made_ShowsTheLinkOnceAndKeepsOnlyItsHash()
    {
        var made = await shared.Admin.CallAsync("POST /api/v1/people", """{"name":"Ada","roles":["product","viewer","product"]}""");

        Assert.Equal(201, made.Status);
        var id = made.Json.GetProperty("id").GetString();
        var link = made.Json.GetProperty("signInUrl").GetString()!;
        Assert.StartsWith(Server.Url + "sign-in/", link, StringComparison.Ordinal);
        Assert.Equal(["product", "viewer"], made.Json.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        var token = link[(link.LastIndexOf('/') + 1)..];
        var ledger = await shared.Admin.CallAsync("GET /api/v1/ledger?limit=10000");
        var listed = await shared.Admin.CallAsync("GET /api/v1/people");
        foreach (var text in (string[])[ledger.Text, listed.Text, Server.Log.ToString()])
            Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        Assert.Contains(Secrets.Hash(token), ledger.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Secrets.Hash(token), listed.Text, StringComparison.Ordinal);
        Assert.Contains(listed.Json.EnumerateArray(), person => person.GetProperty("id").GetString() == id && person.GetProperty("sessions").GetInt32() == 0);
    }

    [Theory]
    [InlineData("""{"roles":["viewer"]}""", "name")]
    [InlineData("""{"name":"","roles":["viewer"]}""", "name")]
    [InlineData("""{"name":"Ada"}""", "roles")]
    [InlineData("""{"name":"Ada","roles":[]}""", "roles")]
    [InlineData("""{"name":"Ada","roles":["sdk"]}""", "roles[0]")]
    [InlineData("""{"name":"Ada","roles":["viewer","root"]}""", "roles[1]")]
    [InlineData("""{"name":"Ada","roles":"viewer"}""", "roles")]
    [InlineData("""{"name":"Ada","roles":["viewer"],"admin":true}""", "admin")]
    [InlineData("""{"name":"A\u0007da","roles":["viewer"]}""", "name")]
    public async Task Invitation_NotValid_IsRefusedByPathAndStoresNothing(string body, string path)
    {
        var before = (await Server.EntriesAsync("person.invited")).Count;

        var answer = await shared.Admin.CallAsync("POST /api/v1/people", body);

        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Contains(path, answer.ErrorPaths);
        Assert.Equal(before, (await Server.EntriesAsync("person.invited")).Count);
    }

    [Fact]
    public async Task Roles_Changed_CountAtOnceInTheSameSession()
    {
        var (id, link) = await Server.InviteAsync("Bo", "viewer");
        using var bo = await Server.OpenAsync(link);
        Assert.Equal(403, (await bo.CallAsync("POST /api/v1/features/none/kill", "{}")).Status);

        var changed = await shared.Admin.CallAsync($"PUT /api/v1/people/{id}", """{"roles":["sre"]}""");

        Assert.Equal((200, "Bo"), (changed.Status, changed.Json.GetProperty("name").GetString()));
        Assert.Equal(404, (await bo.CallAsync("POST /api/v1/features/none/kill", "{}")).Status);
        var entry = (await Server.EntriesAsync("person.changed"))[^1];
        Assert.Equal("viewer", entry.GetProperty("data").GetProperty("before").GetProperty("roles")[0].GetString());
        Assert.Equal(("bootstrap", "token"), (entry.GetProperty("actor").GetProperty("kind").GetString(), entry.GetProperty("actor").GetProperty("method").GetString()));
    }

    [Fact]
    public async Task Person_Removed_IsSignedOutAtOnceAndCannotComeBackByTheirLink()
    {
        var (id, link) = await Server.InviteAsync("Cy", "viewer");
        using var cy = await Server.OpenAsync(link);
        Assert.Equal(200, (await cy.CallAsync("GET /api/v1/features")).Status);

        Assert.Equal(204, (await shared.Admin.CallAsync($"DELETE /api/v1/people/{id}")).Status);

        Assert.Equal((401, "unauthenticated"), Of(await cy.CallAsync("GET /api/v1/features")));
        Assert.Equal("not-found", (await shared.Admin.CallAsync($"POST /api/v1/people/{id}/invitation")).Problem);
        Assert.DoesNotContain((await shared.Admin.CallAsync("GET /api/v1/people")).Json.EnumerateArray(), person => person.GetProperty("id").GetString() == id);
        Assert.Equal(204, (await shared.Admin.CallAsync($"DELETE /api/v1/people/{id}")).Status);
    }

    [Fact]
    public async Task Person_RemovedAndGivenRolesAgain_IsBackWithoutASession()
    {
        var (id, link) = await Server.InviteAsync("Di", "viewer");
        using var before = await Server.OpenAsync(link);
        await shared.Admin.CallAsync($"DELETE /api/v1/people/{id}");

        Assert.Equal(200, (await shared.Admin.CallAsync($"PUT /api/v1/people/{id}", """{"roles":["viewer"]}""")).Status);

        Assert.Equal(401, (await before.CallAsync("GET /api/v1/features")).Status);
        var again = await shared.Admin.CallAsync($"POST /api/v1/people/{id}/invitation");
        Assert.Equal(201, again.Status);
        using var after = await Server.OpenAsync(again.Json.GetProperty("signInUrl").GetString()!);
        Assert.Equal(200, (await after.CallAsync("GET /api/v1/features")).Status);
    }

    [Theory]
    [InlineData("PUT /api/v1/people/nobody", """{"roles":["viewer"]}""")]
    [InlineData("DELETE /api/v1/people/nobody", null)]
    [InlineData("POST /api/v1/people/nobody/invitation", null)]
    [InlineData("POST /api/v1/people/nobody/sign-out", null)]
    public async Task Person_Unknown_IsNotFound(string call, string? body) =>
        Assert.Equal((404, "not-found"), Of(await shared.Admin.CallAsync(call, body)));

    [Fact]
    public async Task Change_OfNothing_IsRefused()
    {
        var (id, _) = await Server.InviteAsync("Ed", "viewer");

        Assert.Equal((400, "invalid"), Of(await shared.Admin.CallAsync($"PUT /api/v1/people/{id}", "{}")));
    }

    [Fact]
    public async Task LastAdmin_RemovedOrDemoted_IsAConflictUntilThereIsAnother()
    {
        await using var server = await TestServer.StartAsync();
        var (first, _) = await server.InviteAsync("Flo", "admin", "sre");
        Assert.Equal((409, "last-admin"), Of(await server.Admin.CallAsync($"DELETE /api/v1/people/{first}")));
        Assert.Equal((409, "last-admin"), Of(await server.Admin.CallAsync($"PUT /api/v1/people/{first}", """{"roles":["sre"]}""")));
        Assert.Equal(200, (await server.Admin.CallAsync($"PUT /api/v1/people/{first}", """{"name":"Florence"}""")).Status);

        await server.InviteAsync("Gil", "admin");

        Assert.Equal(204, (await server.Admin.CallAsync($"DELETE /api/v1/people/{first}")).Status);
    }

    [Fact]
    public async Task Invitation_AfterItsTime_DoesNotWork()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(new() { Time = time, Settings = new Dictionary<string, string?> { ["ReleaseTracks:Access:InvitationLifetime"] = "1h" } });
        var (_, link) = await server.InviteAsync("Hal", "viewer");
        var (_, other) = await server.InviteAsync("Ida", "viewer");
        time.Advance(TimeSpan.FromMinutes(59));
        using (await server.OpenAsync(link))
            time.Advance(TimeSpan.FromMinutes(1));

        using var anonymous = server.Client(null);
        var late = await anonymous.CallAsync("GET " + new Uri(other).AbsolutePath);

        Assert.Equal((302, "/sign-in?used"), (late.Status, late.Raw.Headers.Location!.ToString()));
    }

    private static (int Status, string Problem) Of(Answer answer) => (answer.Status, answer.Problem);
}
