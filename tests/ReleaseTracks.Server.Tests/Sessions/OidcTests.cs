using System.Net;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Sessions;

/// <summary>Signing in with a real OpenID provider.</summary>
public sealed class OidcTests(IdentityProvider provider) : IClassFixture<IdentityProvider>
{
    [Fact]
    public async Task SignIn_WithARoleAtTheProvider_IsAPersonInTheLedgerAndComesBackToWhereTheyWanted()
    {
        await using var server = await StartAsync();
        (provider.Name, provider.Roles) = ("Ada <script>", ["sre", "something-else"]);
        using var browser = new Visitor(server);

        var landed = await browser.FollowAsync("/sign-in/oidc?returnUrl=%2Fapi%2Fv1%2Ffeatures%3Fmine");

        Assert.Equal((200, "/api/v1/features?mine"), (landed.Status, landed.Raw.RequestMessage!.RequestUri!.PathAndQuery));
        var asked = Assert.Single(provider.Asked);
        Assert.Equal(("code", "S256", "query"), (asked.ResponseType, asked.CodeChallengeMethod, asked.ResponseMode ?? "query"));
        Assert.NotEmpty(asked.CodeChallenge!);
        Assert.NotEmpty(asked.State!);
        var added = Assert.Single(await server.EntriesAsync("person.added")).GetProperty("data");
        Assert.Equal(("Ada <script>", provider.Authority + "/"), (added.GetProperty("name").GetString(), added.GetProperty("issuer").GetString()));
        Assert.Equal("sre", Assert.Single(added.GetProperty("roles").EnumerateArray()).GetString());
        var signedIn = Assert.Single(await server.EntriesAsync("person.signed-in")).GetProperty("actor");
        Assert.Equal(("person", "oidc"), (signedIn.GetProperty("kind").GetString(), signedIn.GetProperty("method").GetString()));
        Assert.DoesNotContain(provider.Subject, (await server.Admin.CallAsync("GET /api/v1/ledger")).Text, StringComparison.Ordinal);
        Assert.Contains("Ada &lt;script&gt;", (await browser.FollowAsync("/no-permission")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-a,Viewer")]
    [InlineData("")]
    [InlineData("approver")]
    public async Task SignIn_WithoutARoleThatCounts_IsRefusedWithAReasonAndLeavesNobody(string roles)
    {
        await using var server = await StartAsync(("ReleaseTracks:Access:Oidc:Roles:approver", "Release approvers"));
        provider.Roles = roles.Split(',', StringSplitOptions.RemoveEmptyEntries);
        using var browser = new Visitor(server);

        var landed = await browser.FollowAsync("/sign-in/oidc");

        Assert.Equal("/sign-in?no-role", landed.Raw.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Contains("You may not sign in here.", landed.Text, StringComparison.Ordinal);
        Assert.Equal(401, (await browser.FollowAsync("/api/v1/features")).Status);
        Assert.Empty(await server.EntriesAsync("person.added"));
    }

    [Fact]
    public async Task SignIn_WithAMappedRole_HasThatRole()
    {
        await using var server = await StartAsync(("ReleaseTracks:Access:Oidc:Roles:admin", "Platform owners"));
        provider.Roles = ["Platform owners"];
        using var browser = new Visitor(server);
        await browser.FollowAsync("/sign-in/oidc");

        var people = await browser.FollowAsync("/api/v1/people");

        Assert.Equal("admin", Assert.Single(people.Json[0].GetProperty("roles").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task SignIn_WithARoleWithinAnotherClaim_HasThatRole()
    {
        await using var server = await StartAsync(("ReleaseTracks:Access:Oidc:RoleClaim", "realm_access.roles"));
        (provider.Roles, provider.NestedRoles) = (["admin"], ["viewer", "sre"]);
        using var browser = new Visitor(server);

        await browser.FollowAsync("/sign-in/oidc");

        var added = Assert.Single(await server.EntriesAsync("person.added")).GetProperty("data");
        Assert.Equal(["viewer", "sre"], added.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
    }

    [Fact]
    public async Task Role_TakenAwayAtTheProvider_CountsFromTheNextSignInAlsoInOpenSessions()
    {
        await using var server = await StartAsync();
        provider.Roles = ["viewer", "product"];
        using var phone = new Visitor(server);
        using var laptop = new Visitor(server);
        await phone.FollowAsync("/sign-in/oidc");
        await laptop.FollowAsync("/sign-in/oidc");
        Assert.Equal(200, (await phone.FollowAsync("/api/v1/features")).Status);

        provider.Roles = [];
        var landed = await laptop.FollowAsync("/sign-in/oidc");

        Assert.Equal("/sign-in?no-role", landed.Raw.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Equal(403, (await phone.FollowAsync("/api/v1/features")).Status);
        provider.Roles = ["viewer"];
        await laptop.FollowAsync("/sign-in/oidc");
        Assert.Equal(200, (await phone.FollowAsync("/api/v1/features")).Status);
    }

    [Fact]
    public async Task Person_OfTheProvider_CanBeRemovedHereAndThenNotComeBack()
    {
        await using var server = await StartAsync();
        provider.Roles = ["viewer"];
        using var browser = new Visitor(server);
        await browser.FollowAsync("/sign-in/oidc");
        var id = (await server.Admin.CallAsync("GET /api/v1/people")).Json[0].GetProperty("id").GetString();
        Assert.Equal("from-provider", (await server.Admin.CallAsync($"PUT /api/v1/people/{id}", """{"roles":["admin"]}""")).Problem);
        Assert.Equal("from-provider", (await server.Admin.CallAsync($"POST /api/v1/people/{id}/invitation")).Problem);

        Assert.Equal(204, (await server.Admin.CallAsync($"DELETE /api/v1/people/{id}")).Status);

        Assert.Equal(401, (await browser.FollowAsync("/api/v1/features")).Status);
        Assert.Equal("/sign-in?no-role", (await browser.FollowAsync("/sign-in/oidc")).Raw.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Equal(200, (await server.Admin.CallAsync($"PUT /api/v1/people/{id}", """{"roles":["viewer"]}""")).Status);
        await browser.FollowAsync("/sign-in/oidc");
        Assert.Equal(200, (await browser.FollowAsync("/api/v1/features")).Status);
    }

    [Theory]
    [InlineData("state")]
    [InlineData("code")]
    [InlineData("cookie")]
    public async Task Answer_TamperedWith_SignsNobodyIn(string part)
    {
        await using var server = await StartAsync();
        provider.Roles = ["admin"];
        using var browser = new Visitor(server);
        var toProvider = await browser.StepAsync("/sign-in/oidc");
        var back = (await browser.StepAsync(toProvider.Raw.Headers.Location!.ToString())).Raw.Headers.Location!.ToString();
        using var victim = new Visitor(server);

        // In another browser than the one that asked, a good answer is as bad as a forged one.
        var landed = part == "cookie" ? await victim.FollowAsync(back) : await browser.FollowAsync(back.Replace(part + "=", part + "=x", StringComparison.Ordinal));

        Assert.Equal("/sign-in?failed", landed.Raw.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Empty(await server.EntriesAsync("person.signed-in"));
        Assert.Equal(401, (await (part == "cookie" ? victim : browser).FollowAsync("/api/v1/features")).Status);
    }

    [Theory]
    [InlineData("https%3A%2F%2Fevil.example")]
    [InlineData("%2F%2Fevil.example")]
    [InlineData("%2F%5Cevil.example")]
    public async Task ReturnAddress_OfAnotherPlace_LeadsToTheBoard(string returnUrl)
    {
        await using var server = await StartAsync();
        provider.Roles = ["viewer"];
        using var browser = new Visitor(server);

        var landed = await browser.FollowAsync("/sign-in/oidc?returnUrl=" + returnUrl);

        Assert.Equal(server.Url, landed.Raw.RequestMessage!.RequestUri);
    }

    [Fact]
    public async Task Provider_SaysNo_LeadsBackWithAReason()
    {
        await using var server = await StartAsync();
        provider.Denies = true;
        using var browser = new Visitor(server);

        Assert.Equal("/sign-in?denied", (await browser.FollowAsync("/sign-in/oidc")).Raw.RequestMessage!.RequestUri!.PathAndQuery);
        var page = await browser.FollowAsync("/sign-in?returnUrl=%2Frollbacks");
        Assert.Contains("href=\"/sign-in/oidc?returnUrl=%2Frollbacks\"", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Provider_IsAway_LeadsBackWithAReason()
    {
        await using var server = await StartAsync(("ReleaseTracks:Access:Oidc:Authority", $"http://127.0.0.1:{RedisServer.FreePort()}"));
        using var visitor = new Visitor(server);

        var landed = await visitor.FollowAsync("/sign-in/oidc");

        Assert.Equal("/sign-in?provider-away", landed.Raw.RequestMessage!.RequestUri!.PathAndQuery);
        Assert.Contains("The identity provider does not answer.", landed.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Authority", "http://login.example")]
    [InlineData("ClientId", "")]
    [InlineData("Roles:root", "x")]
    public async Task Setting_ThatMakesNoSense_StopsTheStartAndIsNamed(string key, string value)
    {
        var failed = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(("ReleaseTracks:Access:Oidc:" + key, value)));

        Assert.Contains("ReleaseTracks:Access:Oidc:" + key.Split(':')[0], failed.ToString(), StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync(params (string Key, string Value)[] more)
    {
        provider.Forget();
        var settings = new Dictionary<string, string?>
        {
            ["ReleaseTracks:Access:Oidc:Authority"] = provider.Authority,
            ["ReleaseTracks:Access:Oidc:ClientId"] = IdentityProvider.ClientId,
            ["ReleaseTracks:Access:Oidc:ClientSecret"] = IdentityProvider.ClientSecret,
        };
        foreach (var (key, value) in more)
            settings[key] = value;
        return TestServer.StartAsync(new() { Settings = settings });
    }

    /// <summary>Keeps cookies and follows redirects, as a browser does.</summary>
    private sealed class Visitor(TestServer server) : IDisposable
    {
        private readonly CookieContainer cookies = new();
        private readonly List<HttpClient> clients = [];

        public Task<Answer> FollowAsync(string address) => Client(follows: true).CallAsync("GET " + address);

        public Task<Answer> StepAsync(string address) => Client(follows: false).CallAsync("GET " + address);

        public void Dispose() => clients.ForEach(client => client.Dispose());

        private HttpClient Client(bool follows)
        {
            var client = new HttpClient(new SocketsHttpHandler { CookieContainer = cookies, AllowAutoRedirect = follows }) { BaseAddress = server.Url, Timeout = TimeSpan.FromMinutes(2) };
            clients.Add(client);
            return client;
        }
    }
}
