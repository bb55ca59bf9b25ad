using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>A real Alertmanager, told by a real server.</summary>
public sealed class AlertmanagerTests
{
    [Fact]
    public async Task Rollback_InForce_FiresAndIsResolvedWhenAPlanClearsIt()
    {
        await using var notified = await AlertReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(notified.Url);
        await using var server = await AlertCalls.StartAsync();
        await LiftCooldownAsync(server);
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.ApplyAsync($$$"""[{"op":"destination.put","destination":{"key":"am","kind":"alertmanager","url":"{{{alertmanager.Url}}}"}}]""");

        await server.RollBackAsync("smart-replies");

        var firing = (await notified.NthAsync(1)).Json;
        Assert.Equal("firing", firing.GetProperty("status").GetString());
        var alert = Assert.Single(firing.GetProperty("alerts").EnumerateArray());
        Assert.Equal(
            """{"alertname":"ReleaseTracksRollback","cause":"manual","feature":"smart-replies","severity":"ticket","track":"ai"}""",
            alert.GetProperty("labels").GetRawText());
        Assert.Equal("Rolled back on ai: Smart replies", alert.GetProperty("annotations").GetProperty("summary").GetString());
        var rollback = Assert.Single(await server.EntriesAsync("rollback.committed")).GetProperty("data").GetProperty("id").GetString();
        Assert.Equal($"https://tracks.example/rollbacks/{rollback}", alert.GetProperty("generatorURL").GetString());
        var known = Assert.Single(await alertmanager.AlertsAsync());
        Assert.InRange(known.GetProperty("endsAt").GetDateTimeOffset() - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5.5));

        await server.ApplyAsync("""[{"op":"rollback.clear","feature":"smart-replies","track":"ai"}]""");

        var resolved = (await notified.NthAsync(2)).Json;
        Assert.Equal(("resolved", rollback), (resolved.GetProperty("status").GetString(), resolved.GetProperty("alerts")[0].GetProperty("generatorURL").GetString()!.Split('/')[^1]));
        Assert.Empty(await alertmanager.AlertsAsync());
        Assert.Equal(JsonValueKind.Null, (await server.DestinationAsync("am")).GetProperty("lastFailureAt").ValueKind);
    }

    [Fact]
    public async Task Test_OfAnAlertmanager_IsSeenThere()
    {
        await using var notified = await AlertReceiver.StartAsync();
        await using var alertmanager = await AlertmanagerServer.StartAsync(notified.Url);
        await using var server = await AlertCalls.StartAsync();
        await server.ApplyAsync($$$"""[{"op":"destination.put","destination":{"key":"am","kind":"alertmanager","url":"{{{alertmanager.Url}}}"}}]""");

        var result = await server.SendAsync(HttpMethod.Post, "/api/v1/destinations/am/test");

        Assert.True(result.GetProperty("delivered").GetBoolean(), result.GetRawText());
        Assert.Equal("ReleaseTracksTest", (await notified.NthAsync(1)).Json.GetProperty("alerts")[0].GetProperty("labels").GetProperty("alertname").GetString());
    }

    /// <summary>A plan names the secret, so it must not be a way to be sent one that is for something else.</summary>
    [Fact]
    public async Task Secret_ForAnAlertmanager_IsItsAuthorizationAndNeverOneToSignWith()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var server = await AlertCalls.StartAsync();
        foreach (var secret in (string[])["bearer", "pager", "nobody"])
            await server.ApplyAsync($$$"""[{"op":"destination.put","destination":{"key":"{{{secret}}}","kind":"alertmanager","url":"{{{receiver.Url}}}/","secret":"{{{secret}}}"}}]""");

        Assert.Equal("delivered", await ResultAsync("bearer"));
        Assert.Equal("blocked", await ResultAsync("pager"));
        Assert.Equal("blocked", await ResultAsync("nobody"));

        var got = Assert.Single(receiver.All);
        Assert.Equal(("/hook/api/v2/alerts", "Bearer a-token-of-the-proxy"), (got.Path, got.Headers["authorization"]));

        async Task<string?> ResultAsync(string key) => (await server.SendAsync(HttpMethod.Post, $"/api/v1/destinations/{key}/test")).GetProperty("result").GetString();
    }

    /// <summary>A rollback of a moment ago may be cleared only where the track says so.</summary>
    private static async Task LiftCooldownAsync(TestServer server)
    {
        var tracks = await server.SendAsync(HttpMethod.Get, "/api/v1/tracks");
        var track = JsonNode.Parse(tracks.EnumerateArray().Single(one => one.GetProperty("key").GetString() == "ai").GetRawText())!.AsObject();
        foreach (var live in (string[])["revision", "closedBy", "enrolledUsers", "verdict"])
            track.Remove(live);
        track["limits"] = new JsonObject { ["soakTime"] = "0s", ["soakVolume"] = 0, ["rollbackCooldown"] = "0s" };
        await server.ApplyAsync($$"""[{"op":"track.put","track":{{track.ToJsonString()}}}]""");
    }
}
