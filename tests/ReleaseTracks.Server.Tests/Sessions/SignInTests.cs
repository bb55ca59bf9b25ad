using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Sessions;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Sessions;

[Collection(nameof(SharedServer))]
public sealed class SignInTests(SharedServer shared)
{
    private TestServer Server => shared.Server;

    [Fact]
    public async Task Link_OpenedTwice_SignsInOnce()
    {
        var (id, link) = await Server.InviteAsync("Ada", "viewer");

        using var ada = await Server.OpenAsync(link);
        var again = await shared.Anonymous.CallAsync("GET " + new Uri(link).AbsolutePath);

        Assert.Equal(200, (await ada.CallAsync("GET /api/v1/features")).Status);
        Assert.Equal((302, "/sign-in?used"), (again.Status, again.Raw.Headers.Location!.ToString()));
        Assert.False(again.Raw.Headers.Contains("Set-Cookie"));
        var entry = (await Server.EntriesAsync("person.signed-in")).Single(one => one.GetProperty("data").GetProperty("id").GetString() == id);
        var actor = entry.GetProperty("actor");
        Assert.Equal(("person", id, "invitation"), (actor.GetProperty("kind").GetString(), actor.GetProperty("id").GetString(), actor.GetProperty("method").GetString()));
    }

    [Fact]
    public async Task Link_OpenedByManyAtOnce_SignsInOne()
    {
        var (_, link) = await Server.InviteAsync("Bo", "viewer");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => shared.Anonymous.CallAsync("GET " + new Uri(link).AbsolutePath)));

        Assert.Single(answers, answer => answer.Raw.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("HEAD", "User-Agent", "Mozilla/5.0", 401)]
    [InlineData("POST", "User-Agent", "Mozilla/5.0", 401)]
    [InlineData("GET", "Sec-Purpose", "prefetch;prerender", 503)]
    [InlineData("GET", "Purpose", "prefetch", 503)]
    [InlineData("GET", "User-Agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)", 503)]
    [InlineData("GET", "User-Agent", "WhatsApp/2.23", 503)]
    public async Task Link_LookedAtByAProgram_StillWorksForThePerson(string method, string header, string value, int status)
    {
        var (_, link) = await Server.InviteAsync("Cy", "viewer");
        using var request = new HttpRequestMessage(new HttpMethod(method), link);
        request.Headers.TryAddWithoutValidation(header, value);

        using var answer = await shared.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        using var cy = await Server.OpenAsync(link);
    }

    [Fact]
    public async Task Cookie_OfASession_IsKeptFromScriptsAndForeignPosts()
    {
        var (_, link) = await Server.InviteAsync("Di", "viewer");
        using var answer = await shared.Anonymous.GetAsync(new Uri(link), TestContext.Current.CancellationToken);

        var cookie = answer.Headers.GetValues("Set-Cookie").Single().ToLowerInvariant();

        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/", cookie, StringComparison.Ordinal);
        Assert.Equal("/", answer.Headers.Location!.ToString());
        Assert.True(answer.Headers.CacheControl!.NoStore);
    }

    [Fact]
    public async Task SignOut_Called_EndsThisSessionAndNoOther()
    {
        var (id, link) = await Server.InviteAsync("Ed", "viewer");
        using var phone = await Server.OpenAsync(link);
        using var laptop = await Server.OpenAsync(await NewLinkAsync(id));

        Assert.Equal(302, (await phone.CallAsync("POST /sign-out")).Status);

        Assert.Equal(401, (await phone.CallAsync("GET /api/v1/features")).Status);
        Assert.Equal(200, (await laptop.CallAsync("GET /api/v1/features")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SignOutEverywhere_ByThemselvesOrAnAdministrator_EndsEverySession(bool bySelf)
    {
        var (id, link) = await Server.InviteAsync("Flo", "viewer");
        using var phone = await Server.OpenAsync(link);
        using var laptop = await Server.OpenAsync(await NewLinkAsync(id));

        var answer = bySelf ? await phone.CallAsync("POST /sign-out?everywhere") : await shared.Admin.CallAsync($"POST /api/v1/people/{id}/sign-out");

        Assert.Equal(bySelf ? 302 : 204, answer.Status);
        Assert.Equal(401, (await phone.CallAsync("GET /api/v1/features")).Status);
        Assert.Equal(401, (await laptop.CallAsync("GET /api/v1/features")).Status);
    }

    [Fact]
    public async Task ConsoleLink_Opened_SignsInTheOwnerWhoCountsAsAPerson()
    {
        await using var server = await TestServer.StartAsync();
        var links = server.Services.GetRequiredService<SignInLinks>();
        using var owner = await server.OpenAsync(links.Create());

        var people = await owner.CallAsync("GET /api/v1/people");

        var listed = Assert.Single(people.Json.EnumerateArray());
        Assert.Equal("owner", listed.GetProperty("id").GetString());
        Assert.Equal(["viewer", "product", "sre", "approver", "admin"], listed.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));
        var actor = (await server.EntriesAsync("person.signed-in"))[0].GetProperty("actor");
        Assert.Equal(("person", "owner", "one-time-link"), (actor.GetProperty("kind").GetString(), actor.GetProperty("id").GetString(), actor.GetProperty("method").GetString()));
        await owner.CallAsync("POST /api/v1/people", """{"name":"Other","roles":["admin"]}""");
        Assert.Equal(204, (await owner.CallAsync("DELETE /api/v1/people/owner")).Status);
        using var recovered = await server.OpenAsync(links.Create());
        Assert.Equal(200, (await recovered.CallAsync("GET /api/v1/people")).Status);
    }

    [Fact]
    public async Task Session_AfterItsLifetime_IsOver()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(new() { Time = time, Settings = new Dictionary<string, string?> { ["ReleaseTracks:Access:SessionLifetime"] = "2h" } });
        using var viewer = await server.SignInAsync("viewer");
        time.Advance(TimeSpan.FromMinutes(119));
        Assert.Equal(200, (await viewer.CallAsync("GET /api/v1/features")).Status);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(401, (await viewer.CallAsync("GET /api/v1/features")).Status);
    }

    [Fact]
    public async Task FailedSignIns_Many_AreToldToWaitAndWrittenAsOneEntry()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(new() { Time = time });
        var (_, good) = await server.InviteAsync("Gil", "viewer");
        using var attacker = server.Client(null);
        for (var i = 0; i < FailedSignIns.MostPerSource; i++)
            Assert.Equal(302, (await attacker.CallAsync($"GET /sign-in/<script>{i}")).Status);

        var refused = await attacker.CallAsync("GET /sign-in/guess");

        Assert.Equal((429, "too-many-sign-ins"), (refused.Status, refused.Problem));
        Assert.InRange(refused.Raw.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        using (await server.OpenAsync(good))
            time.Advance(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(async () => (await server.EntriesAsync("sign-in.failed")).Count > 0, "the failures are written", TimeSpan.FromSeconds(60));
        var entry = Assert.Single(await server.EntriesAsync("sign-in.failed")).GetProperty("data");
        Assert.Equal(FailedSignIns.MostPerSource + 1, entry.GetProperty("count").GetInt32());
        Assert.Equal("127.0.0.1", entry.GetProperty("worst")[0].GetProperty("source").GetString());
        Assert.DoesNotContain("script", entry.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(302, (await attacker.CallAsync("GET /sign-in/guess")).Status);
    }

    [Fact]
    public async Task Page_NotSignedIn_LeadsToSignInAndBack()
    {
        using var browser = Server.Client(null);
        browser.DefaultRequestHeaders.Accept.ParseAdd("text/html");

        var answer = await browser.CallAsync("GET /rollbacks?track=ai");

        Assert.Equal((302, "/sign-in?returnUrl=%2Frollbacks%3Ftrack%3Dai"), (answer.Status, answer.Raw.Headers.Location!.OriginalString));
    }

    private async Task<string> NewLinkAsync(string id) =>
        (await shared.Admin.CallAsync($"POST /api/v1/people/{id}/invitation")).Json.GetProperty("signInUrl").GetString()!;
}
