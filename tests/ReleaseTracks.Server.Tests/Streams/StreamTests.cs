using System.Net;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Streams;

public sealed class StreamTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private TestServer server = null!;
    private string key = "";

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync(new() { Time = time });
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        key = await server.CreateKeyAsync();
        // The start counts as doubt; these tests are about later.
        time.Advance(TimeSpan.FromMinutes(4));
    }

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    [Fact]
    public async Task ProductStream_OnConnecting_SaysTheRevision()
    {
        await using var events = await ProductAsync();
        var revision = (await server.SendAsync(HttpMethod.Get, "/api/v1/snapshot")).GetProperty("revision").GetInt64();

        Assert.Equal($"event: revision\nid: {revision}\ndata: {{\"revision\":{revision}}}", await events.NextAsync());
    }

    [Fact]
    public async Task ProductStream_RevisionAndEnrollment_AreToldInOrder()
    {
        await using var events = await ProductAsync();
        await events.NextAsync();

        await server.EnrolAsync("zoë \"z\"", "innovative");
        var enrolled = await events.NextAsync();
        await server.RollBackAsync("smart-replies");
        var rolledBack = await events.NextAsync();

        Assert.Equal("event: enrollment\ndata: {\"user\":\"zoë \\u0022z\\u0022\",\"track\":\"innovative\"}", enrolled?.Replace("\\u00EB", "ë", StringComparison.Ordinal));
        Assert.StartsWith("event: revision\n", rolledBack, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProductStream_ErasedUser_IsOnStable()
    {
        await using var events = await ProductAsync();
        await events.NextAsync();

        await server.SendAsync(HttpMethod.Delete, "/api/v1/users/ada");

        Assert.Equal("event: enrollment\ndata: {\"user\":\"ada\",\"track\":\"stable\"}", await events.NextAsync());
    }

    [Fact]
    public async Task ProductStream_RevokedKey_Ends()
    {
        var keys = await server.SendAsync(HttpMethod.Get, "/api/v1/keys");
        await using var events = await ProductAsync();
        await events.NextAsync();

        await server.SendAsync(HttpMethod.Delete, $"/api/v1/keys/{keys[0].GetProperty("id").GetString()}");

        Assert.StartsWith("event: revision", await events.NextAsync(), StringComparison.Ordinal);
        Assert.Null(await events.NextAsync());
    }

    [Fact]
    public async Task AnyStream_Quiet_BeatsEveryFifteenSeconds()
    {
        await using var product = await ProductAsync();
        await product.NextAsync();
        await using var user = await UserAsync("ada");

        for (var i = 0; i < 2; i++)
        {
            time.Advance(TimeSpan.FromSeconds(15));
            Assert.Equal(": heartbeat", await product.NextAsync());
            Assert.Equal(": heartbeat", await user.NextAsync());
        }
    }

    [Fact]
    public async Task UserStream_Rollback_AsksForARefetch()
    {
        await using var events = await UserAsync("ada");
        await server.RollBackAsync("smart-replies");

        var lines = (await events.NextAsync())!.Split('\n');

        Assert.Equal(2, lines.Length);
        var revision = lines[0]["id: ".Length..];
        Assert.Equal(
            $"data: {{\"type\":\"refetchEvaluation\",\"etag\":\"{revision}\",\"lastModified\":{time.GetUtcNow().ToUnixTimeSeconds()}}}", lines[1]);
    }

    [Fact]
    public async Task UserStream_EnrollmentOfTheUser_AsksForARefetch()
    {
        await using var ada = await UserAsync("ada");
        await server.EnrolAsync("somebody-else", "innovative");
        await server.EnrolAsync("ada", "stable");

        Assert.Contains("refetchEvaluation", await ada.NextAsync(), StringComparison.Ordinal);
        time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(": heartbeat", await ada.NextAsync());
    }

    [Fact]
    public async Task UserStream_ChangeThatNobodyIsServed_IsNotTold()
    {
        await using var events = await UserAsync("ada");
        await server.CreateKeyAsync("another");
        time.Advance(TimeSpan.FromSeconds(15));

        Assert.Equal(": heartbeat", await events.NextAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UserStream_ChangeBetweenAnswerAndConnecting_IsTold(bool enrollment)
    {
        var path = await TicketAsync("ada");
        if (enrollment)
            await server.EnrolAsync("ada", "innovative");
        else
            await server.KillAsync("smart-replies");

        await using var events = await EventReader.OpenAsync(server.Client(null), path);

        Assert.Contains("refetchEvaluation", await events.NextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticket_OlderThanThreeMinutes_IsRefusedAndANewOneComesWithTheNextAnswer()
    {
        using var first = await AllAsync("ada", null);
        var path = Path(await first.JsonAsync());
        time.Advance(TimeSpan.FromMinutes(3));

        using var refused = await server.Client(null).GetAsync(path, TestContext.Current.CancellationToken);
        using var second = await AllAsync("ada", first.Headers.ETag!.ToString());

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        // Not a 304: the client would go on trying the ticket it has.
        Assert.Equal(HttpStatusCode.OK, second.StatusCode);
        Assert.NotEqual(path, Path(await second.JsonAsync()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?ticket=")]
    [InlineData("?ticket=AAAA")]
    [InlineData("?ticket=%00%F0%9F%92%A5")]
    public async Task Ticket_MissingOrGarbled_IsRefused(string query)
    {
        using var client = server.Client(null);
        using var answer = await client.GetAsync("/ofrep/v1/stream" + query, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Ticket_WithOneBitChanged_IsRefused()
    {
        var path = await TicketAsync("ada");
        var at = path.IndexOf('=', StringComparison.Ordinal) + 20;
        var forged = path[..at] + (path[at] == 'A' ? 'B' : 'A') + path[(at + 1)..];
        using var client = server.Client(null);
        using var answer = await client.GetAsync(forged, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Ticket_Used_OpensNothingElseAndIsNotLogged()
    {
        var path = await TicketAsync("ada");
        var ticket = path[(path.IndexOf('=', StringComparison.Ordinal) + 1)..];
        await using (await EventReader.OpenAsync(server.Client(null), path))
        {
            using var client = server.Client(ticket);
            using var answer = await client.GetAsync("/api/v1/snapshot", TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        Assert.False(server.Log.Contains(ticket));
    }

    [Fact]
    public async Task ProductStream_WithoutAKey_IsRefused()
    {
        using var client = server.Client(null);
        using var answer = await client.GetAsync("/api/v1/stream", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Clients_ComingAndGoing_AreCounted()
    {
        await Eventually.TrueAsync(async () => await CountAsync() == 0, "no client");
        await using (await ProductAsync())
        await using (await UserAsync("ada"))
            Assert.Equal(2, await CountAsync());

        await Eventually.TrueAsync(async () => await CountAsync() == 0, "both gone");
    }

    [Fact]
    public async Task Server_Stopping_EndsItsStreamsAtOnce()
    {
        await using var product = await ProductAsync();
        await product.NextAsync();
        await using var user = await UserAsync("ada");

        var stopping = server.StopAsync(TimeSpan.FromSeconds(10));

        Assert.Null(await product.NextAsync());
        Assert.Null(await user.NextAsync());
        await stopping;
    }

    private Task<EventReader> ProductAsync() => EventReader.OpenAsync(server.Client(key), "/api/v1/stream");

    private async Task<EventReader> UserAsync(string user) => await EventReader.OpenAsync(server.Client(null), await TicketAsync(user));

    private async Task<string> TicketAsync(string user)
    {
        using var answer = await AllAsync(user, null);
        return Path(await answer.JsonAsync());
    }

    private static string Path(System.Text.Json.JsonElement all) =>
        all.GetProperty("eventStreams")[0].GetProperty("endpoint").GetProperty("requestUri").GetString()!;

    private async Task<HttpResponseMessage> AllAsync(string user, string? ifNoneMatch)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/ofrep/v1/evaluate/flags")
        {
            Content = new StringContent($$$"""{"context":{"targetingKey":"{{{user}}}"}}"""),
        };
        if (ifNoneMatch is not null)
            request.Headers.TryAddWithoutValidation("If-None-Match", ifNoneMatch);
        return await server.Admin.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task<int> CountAsync()
    {
        using var client = server.Client(null);
        var metrics = await client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        var line = metrics.Split('\n').Single(line => line.StartsWith("releasetracks_stream_clients ", StringComparison.Ordinal));
        return int.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
