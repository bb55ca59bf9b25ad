using System.Text.Json;
using System.Text.RegularExpressions;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Me;

[Collection(nameof(SharedServer))]
public sealed partial class MeTests(SharedServer shared)
{
    [Fact]
    public async Task Ticket_Opened_ShowsThePageOfThatUserAlone()
    {
        var ticket = await TicketAsync("me-ada");

        var page = await shared.Anonymous.CallAsync($"GET {PathOf(ticket)}");

        Assert.Equal(200, page.Status);
        Assert.Contains("AI mode is off", page.Text, StringComparison.Ordinal);
        Assert.True(page.Raw.Headers.CacheControl!.NoStore);
        Assert.InRange(ticket.GetProperty("expiresAt").GetDateTimeOffset() - DateTimeOffset.Parse(page.Raw.Headers.Date!.Value.ToString("O"), null), TimeSpan.FromMinutes(13), TimeSpan.FromMinutes(16));
        Assert.DoesNotContain("me-ada", ticket.GetProperty("ticket").GetString()!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user=me-ada", "user=me-bob")]
    [InlineData("user=me-ada", "user=me-ada&organisation=acme")]
    [InlineData("ticket=", "ticket=A")]
    [InlineData("user=me-ada", "user=")]
    public async Task Ticket_UsedForAnythingElse_IsWorthNothing(string part, string with)
    {
        var path = PathOf(await TicketAsync("me-ada")).Replace(part, with, StringComparison.Ordinal);

        var page = await shared.Anonymous.CallAsync($"GET {path}");

        Assert.Equal(403, page.Status);
        Assert.DoesNotContain("AI mode is", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Choice_WithATicket_ChangesThatUserAndLeavesAReceipt()
    {
        var ticket = await TicketAsync("me-cy");

        var on = await PostAsync("/me/choice", ticket, "me-cy", "mode=on&read=yes&version=1");
        Assert.Equal((303, "on"), (on.Status, Outcome(on)));
        Assert.Equal("ai", await TrackAsync("me-cy"));
        var receipt = (await shared.Sdk.CallAsync("GET /api/v1/users/me-cy/receipts")).Json[0];
        Assert.Equal(("user:me-cy", 1), (receipt.GetProperty("by").GetString(), receipt.GetProperty("disclosureVersion").GetInt32()));
        Assert.Contains("having read version 1", (await shared.Anonymous.CallAsync($"GET {PathOf(ticket)}")).Text, StringComparison.Ordinal);

        Assert.Equal("off", Outcome(await PostAsync("/me/choice", ticket, "me-cy", "mode=off")));
        Assert.Equal("stable", await TrackAsync("me-cy"));
    }

    [Fact]
    public async Task Choice_ForAnotherUser_ChangesNobody()
    {
        var ticket = await TicketAsync("me-eve");

        var answer = await PostAsync("/me/choice", ticket, "me-victim", "mode=on&read=yes&version=1");

        Assert.Equal((302, "/me"), (answer.Status, answer.Raw.Headers.Location!.ToString()));
        Assert.Equal("stable", await TrackAsync("me-victim"));
        Assert.Equal("stable", await TrackAsync("me-eve"));
    }

    [Theory]
    [InlineData("mode=on&version=1", "tick")]
    [InlineData("mode=on&read=yes&version=7", "version")]
    [InlineData("mode=on&read=yes", "version")]
    public async Task Choice_WithoutConsent_TurnsNothingOn(string form, string outcome)
    {
        var ticket = await TicketAsync("me-dan");

        Assert.Equal(outcome, Outcome(await PostAsync("/me/choice", ticket, "me-dan", form)));
        Assert.Equal("stable", await TrackAsync("me-dan"));
    }

    [Fact]
    public async Task Choice_AboveTheCeilingInTheTicket_IsRefused()
    {
        await shared.Server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"me-bank","ceiling":"innovative"}}]""");
        var ticket = (await shared.Sdk.CallAsync("POST /api/v1/users/me-fay/me-ticket", """{"organisation":"me-bank"}""")).Json;

        Assert.Contains("Your organisation has decided", (await shared.Anonymous.CallAsync($"GET {PathOf(ticket)}")).Text, StringComparison.Ordinal);
        Assert.Equal("ceiling", Outcome(await PostAsync("/me/choice", ticket, "me-fay", "mode=on&read=yes&version=1&organisation=me-bank")));
    }

    [Fact]
    public async Task Report_ByOnePerson_CountsAFewTimesADay()
    {
        await shared.Server.PutFeatureAsync(Api.Feature("me-report"));
        var ticket = await TicketAsync("me-gus");
        const string Form = "feature=me-report&category=wrong&text=No%0D%0Agood";

        for (var report = 0; report < 3; report++)
            Assert.Equal("reported", Outcome(await PostAsync("/me/report", ticket, "me-gus", Form)));
        Assert.Equal("enough", Outcome(await PostAsync("/me/report", ticket, "me-gus", Form)));

        var kept = (await shared.Server.Admin.CallAsync("GET /api/v1/feedback?limit=1000")).Json.EnumerateArray().Where(one => one.GetProperty("user").GetString() == "me-gus").ToArray();
        Assert.Equal(3, kept.Length);
        Assert.Equal(("me-report", "wrong"), (kept[0].GetProperty("feature").GetString(), kept[0].GetProperty("category").GetString()));
    }

    [Theory]
    [InlineData("feature=no-such&category=wrong")]
    [InlineData("feature=me-report2&category=nonsense")]
    [InlineData("")]
    public async Task Report_Incomplete_IsNotSent(string form)
    {
        await shared.Server.PutFeatureAsync(Api.Feature("me-report2"));

        Assert.Equal("incomplete", Outcome(await PostAsync("/me/report", await TicketAsync("me-hal"), "me-hal", form)));
    }

    [Fact]
    public async Task Page_NobodyKnown_SaysWhereToGo()
    {
        var page = await shared.Anonymous.CallAsync("GET /me");

        Assert.Equal(403, page.Status);
        Assert.Contains("Open this page from the product you use", page.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticket_AskedByAPerson_IsForbidden() =>
        Assert.Equal(401, (await shared.Anonymous.CallAsync("POST /api/v1/users/me-ada/me-ticket")).Status);

    [Theory]
    [InlineData("[]")]
    [InlineData("""{"organization":"x"}""")]
    [InlineData("""{"organisation":7}""")]
    public async Task Ticket_BadBody_IsInvalid(string body) =>
        Assert.Equal("invalid", (await shared.Sdk.CallAsync("POST /api/v1/users/me-ada/me-ticket", body)).Problem);

    private async Task<JsonElement> TicketAsync(string user)
    {
        // A busy store may keep the key of all tickets waiting; the answer then says to try again.
        var answer = await Eventually.GetAsync(
            "a ticket", async () => await shared.Sdk.CallAsync($"POST /api/v1/users/{user}/me-ticket") is { Status: not 503 } given ? given : null, seconds: 30);
        Assert.Equal(201, answer.Status);
        return answer.Json;
    }

    private async Task<string> TrackAsync(string user) =>
        (await shared.Sdk.CallAsync($"GET /api/v1/users/{user}/enrollment")).Json.GetProperty("track").GetString()!;

    private async Task<Answer> PostAsync(string path, JsonElement ticket, string user, string form)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = shared.Server.Url };
        return await client.CallAsync($"POST {path}", $"{form}&user={user}&ticket={ticket.GetProperty("ticket").GetString()}", "application/x-www-form-urlencoded");
    }

    private static string PathOf(JsonElement ticket) => new Uri(ticket.GetProperty("url").GetString()!).PathAndQuery;

    private static string Outcome(Answer answer) => Done().Match(answer.Raw.Headers.Location!.ToString()).Groups[1].Value;

    [GeneratedRegex("done=([a-z]+)")]
    private static partial Regex Done();
}
