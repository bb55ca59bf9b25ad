using System.Text.Json;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tests.Tracks;

/// <summary>What users do through the app, against the real server; each user is the test's own.</summary>
public sealed class TrackUsersTests : IAsyncLifetime
{
    private TestServer server = null!;
    private Proxy stream = null!;
    private Proxy calls = null!;
    private ClientApp app = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        (stream, calls) = (new(server.Url), new(server.Url));
        app = await ClientApp.StartAsync(calls.Address, await server.CreateKeyAsync(), new()
        {
            Options = client => client.Handler = () => new StreamElsewhere(stream.Address),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await stream.DisposeAsync();
        await calls.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task JoinAndLeave_AreServedWhenTheCallReturns()
    {
        Assert.Equal("off", await app.VariantAsync("smart-replies", "ada"));
        var disclosure = app.TrackUsers.DisclosureOf(TrackKey.Ai)!;
        Assert.Null(app.TrackUsers.DisclosureOf(TrackKey.Innovative));

        await app.TrackUsers.JoinAiAsync("ada", disclosure.Version, cancel: Cancel);
        Assert.Equal("on", Now("ada"));
        await app.TrackUsers.JoinInnovativeAsync("ada", cancel: Cancel);
        Assert.Equal((TrackKey.Innovative, "off"), (app.Evaluator.Evaluate("smart-replies", "ada")!.Track, Now("ada")));
        await app.TrackUsers.JoinAiAsync("ada", disclosure.Version, cancel: Cancel);
        await app.TrackUsers.LeaveAsync("ada", Cancel);
        Assert.Equal("off", Now("ada"));

        var receipts = await server.SendAsync(HttpMethod.Get, "/api/v1/users/ada/receipts");
        Assert.Equal(4, receipts.GetArrayLength());
        Assert.Equal("opt-out", (await server.SendAsync(HttpMethod.Get, "/api/v1/users/ada/enrollment")).GetProperty("source").GetString());
    }

    [Fact]
    public async Task JoinAndLeave_WhileTheStreamIsDown_AreServedWhenTheCallReturns()
    {
        stream.Lead(null);
        await Eventually.TrueAsync(() => !app.Status.Connected, "the stream is down", ClientApp.Bound);

        await app.TrackUsers.JoinAiAsync("bea", 1, cancel: Cancel);
        Assert.Equal("on", Now("bea"));
        await app.TrackUsers.LeaveAsync("bea", Cancel);
        Assert.Equal("off", Now("bea"));
        Assert.False(app.Status.Connected);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a%2Fb ?#")]
    [InlineData("😀 é")]
    public async Task Join_OfAnyUserId_IsThatUsers(string user)
    {
        await app.TrackUsers.JoinAiAsync(user, 1, cancel: Cancel);

        Assert.Equal("on", Now(user));
        Assert.Equal("ai", (await server.SendAsync(HttpMethod.Get, $"/api/v1/users/{Uri.EscapeDataString(user)}/enrollment")).GetProperty("track").GetString());
    }

    [Fact]
    public async Task JoinAi_WithAVersionThatIsNotCurrent_ThrowsTheServersTextAndMovesNobody()
    {
        var refused = await Assert.ThrowsAsync<ReleaseTracksException>(() => app.TrackUsers.JoinAiAsync("cem", 7, cancel: Cancel));

        Assert.Equal(("disclosure-not-current", 409), (refused.Problem, refused.Status));
        Assert.Contains("\"disclosureVersion\":1", refused.Message);
        Assert.Empty(refused.Errors);
        Assert.Equal("off", await app.VariantAsync("smart-replies", "cem"));
    }

    [Fact]
    public async Task JoinAi_AboveTheOrganisationsCeiling_ThrowsAndALowerOneCapsAtOnce()
    {
        await server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"strict","ceiling":"innovative"}}]""");

        var refused = await Assert.ThrowsAsync<ReleaseTracksException>(() => app.TrackUsers.JoinAiAsync("dov", 1, "strict", Cancel));
        Assert.Equal(("above-ceiling", 403), (refused.Problem, refused.Status));

        await app.TrackUsers.JoinAiAsync("dov", 1, "easy", Cancel);
        Assert.Equal("on", Now("dov"));
        await server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"easy","ceiling":"stable"}}]""");
        await app.ServesAsync("smart-replies", "dov", "off");
    }

    [Fact]
    public async Task Leave_WithoutTheServer_ThrowsAndLeavesAfterwards()
    {
        await app.TrackUsers.JoinAiAsync("eli", 1, cancel: Cancel);
        calls.Lead(null);

        var lost = await Assert.ThrowsAsync<ReleaseTracksException>(() => app.TrackUsers.LeaveAsync("eli", Cancel));

        Assert.Equal(("no-answer", (int?)null), (lost.Problem, lost.Status));
        Assert.Equal("on", Now("eli"));
        calls.Lead(server.Url);
        await app.TrackUsers.LeaveAsync("eli", Cancel);
        Assert.Equal("off", Now("eli"));
    }

    [Fact]
    public async Task Leave_WhoseAnswerIsLost_IsSeenOnceTheServerAnswersAgain()
    {
        await app.TrackUsers.JoinAiAsync("fay", 1, cancel: Cancel);
        stream.Lead(null);
        await Eventually.TrueAsync(() => !app.Status.Connected, "the stream is down", ClientApp.Bound);
        calls.LoseAnswers(true);
        calls.Cut();

        await Assert.ThrowsAsync<ReleaseTracksException>(() => app.TrackUsers.LeaveAsync("fay", Cancel));

        calls.LoseAnswers(false);
        await app.ServesAsync("smart-replies", "fay", "off");
    }

    [Fact]
    public async Task Calls_CancelledOrWithoutAUser_AreNotSent()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => app.TrackUsers.LeaveAsync("", Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.TrackUsers.LeaveAsync("gil", new(canceled: true)));
    }

    [Fact]
    public async Task Report_OfAKnownFeature_IsARecordAndOneBadOutcomeOfWhatTheyHave()
    {
        await app.TrackUsers.JoinAiAsync("hal", 1, cancel: Cancel);

        var id = await app.TrackUsers.ReportAsync("smart-replies", "hal", "offensive", "It swore.", cancel: Cancel);

        var report = (await server.SendAsync(HttpMethod.Get, "/api/v1/feedback")).EnumerateArray().Single(one => Is(one, "id", id));
        Assert.True(Is(report, "category", "offensive") && Is(report, "text", "It swore.") && Is(report, "variant", "on"), report.ToString());
        var metrics = await server.Admin.GetStringAsync("/metrics", Cancel);
        Assert.Contains("""releasetracks_outcomes_total{feature="smart-replies",track="ai",variant="on",indicator="harm",outcome="bad"} 1""", metrics);
    }

    [Fact]
    public async Task Report_OfAnUnknownFeature_ThrowsWithItsErrors()
    {
        var refused = await Assert.ThrowsAsync<ReleaseTracksException>(() => app.TrackUsers.ReportAsync("none", "ida", "offensive", cancel: Cancel));

        Assert.Equal(("invalid", 400), (refused.Problem, refused.Status));
        Assert.Equal(["There is no such feature."], refused.Errors["feature"]);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static bool Is(JsonElement element, string name, string value) => element.GetProperty(name).GetString() == value;

    /// <summary>Without asking: what is served to whoever comes next.</summary>
    private string? Now(string user) => app.Evaluator.Evaluate("smart-replies", user)?.Variant?.Name;

    /// <summary>The stream through a network of its own, so that it can be down while calls get through.</summary>
    private sealed class StreamElsewhere(Uri address) : DelegatingHandler(new SocketsHttpHandler { UseCookies = false })
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath == "/api/v1/stream")
                request.RequestUri = new(address, request.RequestUri.PathAndQuery);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
