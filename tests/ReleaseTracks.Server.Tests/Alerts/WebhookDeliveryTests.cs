using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>Rollbacks to a real HTTP receiver.</summary>
public sealed class WebhookDeliveryTests
{
    [Fact]
    public async Task Rollback_Committed_ArrivesSignedAsTheCloudEventOfItsEntry()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var server = await StartAsync(receiver);

        await server.RollBackAsync("smart-replies");

        var got = await receiver.NthAsync(1);
        var entry = Assert.Single(await server.EntriesAsync("rollback.committed"));
        Assert.True(got.IsSignedWith(AlertReceiver.Secret));
        Assert.Equal("application/cloudevents+json; charset=utf-8", got.Headers["content-type"]);
        Assert.Equal(entry.GetProperty("id").GetString(), got.Id);
        Assert.Equal(("1.0", "releasetracks.rollback.committed", got.Id), (got.Json.GetProperty("specversion").GetString(), got.Type, got.Json.GetProperty("id").GetString()));
        Assert.True(JsonElement.DeepEquals(entry, got.Json.GetProperty("data")));
        var sent = DateTimeOffset.FromUnixTimeSeconds(long.Parse(got.Headers["webhook-timestamp"], CultureInfo.InvariantCulture));
        Assert.InRange(sent, TimeProvider.System.GetUtcNow() - TimeSpan.FromMinutes(5), TimeProvider.System.GetUtcNow());
        // What came before the destination was put is not told; what comes after is, in order.
        Assert.Equal("releasetracks.rollback.verified", (await receiver.NthAsync(2)).Type);
        await server.QuietAsync();
        Assert.DoesNotContain(AlertReceiver.Secret["whsec_".Length..], server.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_ThatAnswers500And429_IsTriedAgainWithTheSameIdUntilItTakesIt()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        receiver.Answer = (number, http) =>
        {
            http.Response.StatusCode = number switch { 1 => 500, 2 => 429, 3 => 410, _ => 204 };
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(receiver);

        await server.RollBackAsync("smart-replies");

        await receiver.NthAsync(4);
        await server.QuietAsync();
        Assert.Single(receiver.All.Take(4).Select(one => one.Id).Distinct());
        Assert.All(receiver.All, one => Assert.True(one.IsSignedWith(AlertReceiver.Secret)));
        Assert.Contains("HTTP 410", (await server.DestinationAsync()).GetProperty("lastFailure").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Receiver_ThatAsksToWait_IsNotTriedBefore()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        receiver.Answer = (number, http) =>
        {
            http.Response.StatusCode = number == 1 ? 503 : 200;
            http.Response.Headers.RetryAfter = "8";
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(receiver);

        await server.RollBackAsync("smart-replies");

        await server.FailureAsync("HTTP 503");
        var failed = await server.DestinationAsync();
        var asked = failed.GetProperty("nextAttemptAt").GetDateTimeOffset() - failed.GetProperty("lastFailureAt").GetDateTimeOffset();
        Assert.Equal(TimeSpan.FromSeconds(8), asked);
        Assert.Equal((1, 1), (failed.GetProperty("failures").GetInt32(), failed.GetProperty("waiting").GetInt32()));
        await MetricsAsync(server, text => text.Contains("releasetracks_alert_deliveries_total{destination=\"pager\",result=\"refused\"} 1\n", StringComparison.Ordinal)
            && !text.Contains(NothingWaits, StringComparison.Ordinal));
        await receiver.NthAsync(2);
        await server.QuietAsync();
        await MetricsAsync(server, text => text.Contains(NothingWaits, StringComparison.Ordinal));
        Assert.True((await server.DestinationAsync()).GetProperty("lastSuccessAt").GetDateTimeOffset() >= failed.GetProperty("nextAttemptAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Receiver_ThatIsAway_GetsItWhenItIsBack()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var server = await StartAsync(receiver);
        await receiver.StopAsync();

        await server.RollBackAsync("smart-replies");

        await server.FailureAsync("ConnectionError");
        await receiver.RunAsync();
        Assert.Equal("releasetracks.rollback.committed", (await receiver.NthAsync(1)).Type);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var target = await AlertReceiver.StartAsync();
        await using var receiver = await AlertReceiver.StartAsync();
        receiver.Answer = (_, http) =>
        {
            http.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            http.Response.Headers.Location = target.Url;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(receiver);

        await server.RollBackAsync("smart-replies");

        Assert.Equal("HTTP 307: redirects are not followed; give the address it leads to.", await server.FailureAsync("HTTP 307"));
        await receiver.NthAsync(2);
        Assert.Empty(target.All);
    }

    [Fact]
    public async Task Destination_Removed_HearsNothingMoreAndPutAgainNothingOfBefore()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var server = await StartAsync(receiver);
        await server.RollBackAsync("smart-replies");
        await receiver.NthAsync(2);
        await server.QuietAsync();

        await server.ApplyAsync("""[{"op":"destination.remove","destination":"pager"}]""");
        Assert.Empty((await server.SendAsync(HttpMethod.Get, "/api/v1/destinations")).EnumerateArray());
        await server.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("smart-replies", "second", StringComparison.Ordinal));
        await server.RollBackAsync("second");
        await Eventually.TrueAsync(async () => (await server.EntriesAsync("rollback.verified")).Count == 2, "the second rollback is verified", TimeSpan.FromSeconds(60));
        await server.PutWebhookAsync(receiver.Url);
        await server.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("smart-replies", "third", StringComparison.Ordinal));
        await server.RollBackAsync("third");

        Assert.Equal("third", (await receiver.NthAsync(3)).Json.GetProperty("data").GetProperty("data").GetProperty("features")[0].GetString());
    }

    [Fact]
    public async Task Destination_ThatHangs_HoldsUpNeitherTheOthersNorTheControlLoop()
    {
        await using var hanging = await AlertReceiver.StartAsync();
        await using var receiver = await AlertReceiver.StartAsync();
        var release = new TaskCompletionSource();
        hanging.Answer = (_, _) => release.Task;
        await using var server = await StartAsync(receiver);
        await server.PutWebhookAsync(hanging.Url, "hanging");

        await server.RollBackAsync("smart-replies");

        await hanging.NthAsync(1);
        // Verified by a later round of the control loop, and told, while the other still hangs.
        Assert.Equal("releasetracks.rollback.verified", (await receiver.NthAsync(2)).Type);
        Assert.Single(hanging.All.Select(one => one.Id).Distinct());
        release.SetResult();
    }

    [Fact]
    public async Task Test_OfADestination_SaysAtOnceHowItWent()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        receiver.Answer = (number, http) =>
        {
            http.Response.StatusCode = number == 1 ? 200 : 403;
            return Task.CompletedTask;
        };
        await using var server = await StartAsync(receiver);

        var good = await server.SendAsync(HttpMethod.Post, "/api/v1/destinations/pager/test");
        var bad = await server.SendAsync(HttpMethod.Post, "/api/v1/destinations/pager/test");

        Assert.Equal((true, "delivered", "HTTP 200"), (good.GetProperty("delivered").GetBoolean(), good.GetProperty("result").GetString(), good.GetProperty("detail").GetString()));
        Assert.Equal((false, "refused", "HTTP 403."), (bad.GetProperty("delivered").GetBoolean(), bad.GetProperty("result").GetString(), bad.GetProperty("detail").GetString()));
        Assert.True(receiver.All[0].IsSignedWith(AlertReceiver.Secret));
        Assert.Equal("releasetracks.alert.test", receiver.All[0].Type);
        Assert.NotEqual(receiver.All[0].Id, receiver.All[1].Id);
        var missing = await Assert.ThrowsAsync<HttpRequestException>(() => server.SendAsync(HttpMethod.Post, "/api/v1/destinations/nobody/test"));
        Assert.Equal(System.Net.HttpStatusCode.NotFound, missing.StatusCode);
    }

    private const string NothingWaits = "releasetracks_alert_oldest_undelivered_seconds{destination=\"pager\"} 0\n";

    private static Task MetricsAsync(TestServer server, Func<string, bool> holds) => Eventually.TrueAsync(
        async () => holds(await server.Admin.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)), "/metrics says so", TimeSpan.FromSeconds(60));

    private static async Task<TestServer> StartAsync(AlertReceiver receiver)
    {
        var server = await AlertCalls.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.PutWebhookAsync(receiver.Url);
        return server;
    }
}
