using System.Net;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Sessions;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Plans;

[Collection(nameof(SharedServer))]
public sealed class PlanApprovalApiTests(SharedServer shared)
{
    private static string Text(JsonElement json, string member) => json.GetProperty(member).GetString()!;

    [Fact]
    public async Task Approve_Alone_IsShownAsSolo()
    {
        // A server of its own: on the shared one other tests invite people, and then nobody is alone.
        await using var server = await TestServer.StartAsync();
        var (path, hash) = await ProposeAsync(server.Admin, Api.PutPlan("appr-solo"));
        var plan = (await server.Admin.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve","comment":"fine"}""")).Json;
        Assert.Equal(("approved", true), (Text(plan, "state"), plan.GetProperty("solo").GetBoolean()));
        var approval = plan.GetProperty("approvals")[0];
        Assert.Equal(("bootstrap", "approve", "fine", true), (Text(approval.GetProperty("by"), "id"), Text(approval, "decision"), Text(approval, "comment"), approval.GetProperty("solo").GetBoolean()));
    }

    [Theory]
    [InlineData("""{"decision":"approve"}""", "hash")]
    [InlineData("""{"hash":"x"}""", "decision")]
    [InlineData("""{"hash":"x","decision":"perhaps"}""", "decision")]
    [InlineData("""{"hash":"x","decision":"approve","comment":7}""", "comment")]
    [InlineData("""{"hash":"x","decision":"approve","note":"x"}""", "note")]
    public async Task Approve_BadInput_IsRefusedWithItsPath(string body, string path)
    {
        var answer = await shared.Admin.CallAsync("POST /api/v1/plans/pl_0/approvals", body);
        Assert.Equal((400, "invalid"), (answer.Status, answer.Problem));
        Assert.Contains(path, answer.ErrorPaths);
    }

    [Fact]
    public async Task Approve_AnotherHashOrNoPlan_IsRefused()
    {
        var (path, _) = await ProposeAsync(shared.Admin, Api.PutPlan("appr-hash"));
        var body = $$"""{"hash":"{{new string('0', 64)}}","decision":"approve"}""";
        Assert.Equal("wrong-hash", (await shared.Admin.CallAsync($"POST {path}/approvals", body)).Problem);
        Assert.Equal("not-found", (await shared.Admin.CallAsync("POST /api/v1/plans/pl_0/approvals", body)).Problem);
        Assert.Equal("not-found", (await shared.Admin.CallAsync("POST /api/v1/plans/pl_0/replan")).Problem);
        Assert.Equal("not-found", (await shared.Admin.CallAsync("DELETE /api/v1/plans/pl_0")).Problem);
    }

    [Fact]
    public async Task Cancel_OwnPlan_IsOverAndSaysSo()
    {
        var (path, hash) = await ProposeAsync(shared.Admin, Api.PutPlan("appr-cancel"));
        Assert.Equal("cancelled", Text((await shared.Admin.CallAsync($"DELETE {path}")).Json, "state"));
        Assert.Equal((409, "plan-not-open"), await ProblemAsync(shared.Admin.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""")));
        Assert.Equal((409, "plan-not-open"), await ProblemAsync(shared.Admin.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""")));
    }

    [Fact]
    public async Task Replan_Answers201WithItsPlace()
    {
        var (path, hash) = await ProposeAsync(shared.Admin, Api.PutPlan("appr-replan"));
        var answer = await shared.Admin.CallAsync($"POST {path}/replan");
        Assert.Equal(201, answer.Status);
        Assert.Equal($"/api/v1/plans/{Text(answer.Json, "id")}", answer.Raw.Headers.Location!.ToString());
        Assert.NotEqual(hash, Text(answer.Json, "hash"));
    }

    [Fact]
    public async Task Rule_SaysNo_IsShownInThePlan_NamedInTheRefusal_AndInTheLedger()
    {
        await using var server = await TestServer.StartAsync();
        await server.ApplyAsync("""[{"op":"track.put","track":{"key":"stable","limits":{"maxStepPercent":20}}}]""");
        var plan = await server.ProposeAsync($"[{{\"op\":\"feature.put\",\"feature\":{Api.Feature("f").Replace("\"ai\":[", "\"stable\":[", StringComparison.Ordinal)}}}]");
        var rule = plan.GetProperty("rules").EnumerateArray().Single(one => Text(one, "outcome") == "deny");
        Assert.Equal("max-step", Text(rule, "rule"));
        var (path, hash) = ($"/api/v1/plans/{Text(plan, "id")}", Text(plan, "hash"));
        await server.SendAsync(HttpMethod.Post, $"{path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");

        var refused = await server.Admin.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""");

        Assert.Equal((409, "rule-denied", "max-step"), (refused.Status, refused.Problem, Text(refused.Json, "rule")));
        Assert.Contains("at most 20 %", Text(refused.Json, "detail"), StringComparison.Ordinal);
        Assert.Equal("max-step", Text((await server.Admin.CallAsync($"GET {path}")).Json.GetProperty("refusals")[0], "rule"));
        var entry = (await server.Admin.CallAsync("GET /api/v1/ledger?limit=100")).Text.Split('\n').Single(line => line.Contains("plan.refused", StringComparison.Ordinal));
        Assert.Contains("\"rule\":\"max-step\"", entry, StringComparison.Ordinal);
        Assert.Contains(hash, entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FreezeWindow_Open_DeniesWideningAndNeverLowering()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(Api.Feature("f").Replace("\"weight\":100", "\"weight\":50},{\"variant\":\"off\",\"weight\":50", StringComparison.Ordinal));
        await server.ApplyAsync("""[{"op":"track.put","track":{"key":"ai","disclosure":{"version":2,"text":"t"},"objectives":[],"limits":{"freezeWindows":[{"cron":"* * * * *","duration":"1h","timeZone":"Europe/Berlin"}]}}}]""");
        var wider = await Assert.ThrowsAsync<HttpRequestException>(() => server.ApplyAsync(Release(100)));
        Assert.Contains("freeze-window", wider.Message, StringComparison.Ordinal);
        await server.ApplyAsync(Release(10));
    }

    [Fact]
    public async Task FreezeWindow_NoSuchTimeZone_IsNamedWithItsPath()
    {
        var answer = await shared.Admin.CallAsync("POST /api/v1/plans", """{"title":"t","changes":[{"op":"track.put","track":{"key":"stable","limits":{"freezeWindows":[{"cron":"99 * * * *","duration":"1h","timeZone":"Mars"}]}}}]}""");
        Assert.Equal("invalid", answer.Problem);
        Assert.Equal(["changes[0].track.limits.freezeWindows[0].cron", "changes[0].track.limits.freezeWindows[0].timeZone"], answer.ErrorPaths);
    }

    [Theory]
    [InlineData(11, 200)]
    [InlineData(13, 403)]
    [InlineData(null, 403)]
    public async Task Session_OlderThanTheLimit_SignsInAgainToApproveAndApply(int? hours, int expected)
    {
        await using var server = await TestServer.StartAsync(new()
        {
            Services = services => services.PostConfigure<CookieAuthenticationOptions>(
            CookieAuthenticationDefaults.AuthenticationScheme, options =>
            {
                var validate = options.Events.OnValidatePrincipal;
                options.Events.OnValidatePrincipal = async context =>
                {
                    await validate(context);
                    Age(context, hours);
                };
            })
        });
        using var browser = await SignedInAsync(server);
        var (path, hash) = await ProposeAsync(browser, Api.PutPlan("f"));
        var approved = await browser.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");
        var applied = await browser.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""");

        Assert.Equal((expected, expected), (approved.Status, applied.Status));
        if (expected != 200)
            Assert.Equal(("sign-in-again", "sign-in-again"), (approved.Problem, applied.Problem));
        Assert.Equal(200, (await browser.CallAsync($"DELETE {path}")).Status == 200 || expected == 200 ? 200 : 0);
    }

    private static void Age(CookieValidatePrincipalContext context, int? hours)
    {
        if (context.Principal?.Identity is not ClaimsIdentity identity)
            return;
        foreach (var claim in identity.FindAll(FreshSignIn.Claim).ToArray())
            identity.RemoveClaim(claim);
        if (hours is { } old)
            identity.AddClaim(new(FreshSignIn.Claim, $"{(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(old)).ToUnixTimeSeconds()}"));
    }

    private static async Task<HttpClient> SignedInAsync(TestServer server)
    {
        var browser = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = server.Url };
        browser.DefaultRequestHeaders.Add("X-ReleaseTracks", "1");
        using var answer = await browser.GetAsync(new Uri(server.Services.GetRequiredService<SignInLinks>().Create(), UriKind.Relative), TestContext.Current.CancellationToken);
        return browser;
    }

    private static string Release(int on) =>
        $$"""[{"op":"release.set","feature":"f","track":"ai","allocation":[{"variant":"on","weight":{{on}}},{"variant":"off","weight":{{100 - on}}}]}]""";

    private static async Task<(string Path, string Hash)> ProposeAsync(HttpClient client, string body)
    {
        var plan = (await client.CallAsync("POST /api/v1/plans", body)).Json;
        return ($"/api/v1/plans/{Text(plan, "id")}", Text(plan, "hash"));
    }

    private static async Task<(int, string)> ProblemAsync(Task<Answer> answer) => ((await answer).Status, (await answer).Problem);
}
