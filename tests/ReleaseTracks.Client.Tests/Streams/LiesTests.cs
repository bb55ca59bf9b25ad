using System.Text;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Streams;

/// <summary>What answers is not what it should be.</summary>
public sealed class LiesTests : IAsyncLifetime
{
    private readonly LyingServer server = new();

    public ValueTask InitializeAsync()
    {
        server.AnswerStream(": connected\n\nevent: revision\ndata: {\"revision\":7}\n\n");
        server.AnswerJson("/api/v1/snapshot", Answers.Snapshot(7, features: $"[{Answers.Feature()}]"));
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close", "<html>captive portal</html>")]
    [InlineData("HTTP/1.1 302 Found\nLocation: http://127.0.0.1:1/login\nConnection: close", "")]
    [InlineData("HTTP/1.1 500 Oops\nConnection: close", "")]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nConnection: close", "event: revision\ndata: {\"revision\":\"seven\"}\n\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nConnection: close", "event: revision\ndata: [\n\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Type: text/event-stream\nConnection: close", "\u0000\u0001 garbage\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2", "")]
    public async Task Stream_OfSomethingElse_IsNoConnectionAndIsTriedAgain(string head, string body)
    {
        server.Answer("/api/v1/stream", head, body);
        await using var app = await StartAsync();

        await Eventually.TrueAsync(() => app.Log.Contains("Not connected"), "the fault is told", ClientApp.Bound);
        Assert.Null(app.Evaluator.Evaluate("f", "ada") is { Variant.Name: not "on" } wrong ? wrong : null);
        server.AnswerStream(": connected\n\n");

        await Eventually.TrueAsync(() => app.Status is { Connected: true, State: ClientState.Live }, "it is tried again", TimeSpan.FromSeconds(90));
        Assert.Equal("on", app.Evaluator.Evaluate("f", "ada")?.Variant?.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{\"revision\":8}")]
    public async Task Snapshot_ThatIsNone_KeepsTheLast(string garbage)
    {
        await using var app = await StartAsync();
        await Eventually.TrueAsync(() => app.Status.Revision == 7, "the first is there", ClientApp.Bound);
        server.AnswerJson("/api/v1/snapshot", garbage);
        server.AnswerStream(": connected\n\nevent: revision\ndata: {\"revision\":8}\n\n");
        await Eventually.TrueAsync(() => app.Status.Connected, "connected", ClientApp.Bound);
        await app.Connection.StopAsync(TestContext.Current.CancellationToken);
        await app.Connection.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => app.Status.Problem?.Contains("cannot be read", StringComparison.Ordinal) == true, "the fault is told", ClientApp.Bound);
        Assert.Equal("on", app.Evaluator.Evaluate("f", "ada")?.Variant?.Name);
    }

    [Fact]
    public async Task Snapshot_ThatDrips_IsGivenUp()
    {
        var time = FakeClock.At();
        server.Answer("/api/v1/snapshot", async (stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"u8.ToArray(), cancel);
            while (true)
            {
                await stream.WriteAsync(" "u8.ToArray(), cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
            }
        });
        await using var app = await StartAsync(time);

        await time.RunUntilAsync(() => app.Status.Problem?.Contains("no whole answer", StringComparison.Ordinal) == true, "it is given up");
        server.AnswerJson("/api/v1/snapshot", Answers.Snapshot(7));
        await time.RunUntilAsync(() => app.Status.Revision == 7, "it is tried again");
    }

    [Fact]
    public async Task Stream_ThatDripsHeadersForEver_IsGivenUp()
    {
        var time = FakeClock.At();
        server.Answer("/api/v1/stream", async (stream, cancel) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancel);
            for (var i = 0; ; i++)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: y\r\n"), cancel);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancel);
            }
        });
        await using var app = await StartAsync(time);

        await time.RunUntilAsync(() => app.Log.Contains("No answer within 10 s"), "it is given up");
        Assert.False(app.Status.Connected);
    }

    [Fact]
    public async Task Snapshot_OfAServerBehind_IsAskedForUntilItHasWhatWasAnnounced()
    {
        server.AnswerStream(": connected\n\nevent: revision\ndata: {\"revision\":8}\n\n");
        await using var app = await StartAsync();
        await Eventually.TrueAsync(() => app.Status.Revision == 7, "the older is there first", ClientApp.Bound);
        server.AnswerJson("/api/v1/snapshot", Answers.Snapshot(8));

        await Eventually.TrueAsync(() => app.Status.Revision == 8, "the announced one is there", ClientApp.Bound);
    }

    [Fact]
    public async Task Stream_ThatBeatsOverAnOlderSnapshot_DoesNotVouchForIt()
    {
        await using var app = await StartAsync();
        await Eventually.TrueAsync(() => app.Status.Revision == 7, "the first is there", ClientApp.Bound);

        app.Snapshots.Doubt("something is wrong");
        var before = app.Snapshots.Age;
        app.Snapshots.Vouch();

        Assert.True(app.Snapshots.Age >= before);
    }

    private Task<ClientApp> StartAsync(TimeProvider? time = null) => ClientApp.StartAsync(server.Address, "rtk_any", new()
    {
        Time = time,
        Options = client => client.StartupWait = time is null ? TimeSpan.FromMilliseconds(300) : TimeSpan.Zero,
    });
}
