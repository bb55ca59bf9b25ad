using Microsoft.Extensions.Diagnostics.HealthChecks;
using ReleaseTracks.Client.Tests.Harness;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Streams;

/// <summary>The network between the real client and the real server breaks in every way it can.</summary>
public sealed class ConnectionTests
{
    [Fact]
    public async Task Server_KilledAndRestarted_IsFoundAgainAndWhatWasMissedIsRead()
    {
        using var data = new TemporaryDirectory();
        await using var proxy = new Proxy(null);
        var server = await TestServer.StartAsync(new() { DataPath = data.Path });
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        await server.EnrolAsync("bea", "ai", 1);
        var key = await server.CreateKeyAsync();
        proxy.Lead(server.Url);
        await using var app = await ClientApp.StartAsync(proxy.Address, key);
        await app.ServesAsync("smart-replies", "ada", "on");
        await app.ServesAsync("smart-replies", "bea", "on");

        proxy.Lead(null);
        await Eventually.TrueAsync(() => !app.Status.Connected, "the loss is seen", ClientApp.Bound);
        Assert.Equal("on", app.Evaluator.Evaluate("smart-replies", "ada")?.Variant?.Name);
        await server.SendAsync(HttpMethod.Delete, "/api/v1/users/ada/enrollment");
        await server.DisposeAsync();
        Assert.Equal("on", await app.VariantAsync("smart-replies", "bea"));

        await using var again = await TestServer.StartAsync(new() { DataPath = data.Path });
        proxy.Lead(again.Url);
        await app.ServesAsync("smart-replies", "ada", "off");
        await app.ServesAsync("smart-replies", "bea", "on");
        await again.RollBackAsync("smart-replies");
        await app.ServesAsync("smart-replies", "bea", "off");
    }

    [Fact]
    public async Task OptOut_WhileDisconnected_IsReadWithoutAnybodyAsking()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        await using var proxy = new Proxy(server.Url);
        await using var app = await ClientApp.StartAsync(proxy.Address, await server.CreateKeyAsync());
        await app.ServesAsync("smart-replies", "ada", "on");

        proxy.Lead(null);
        await server.SendAsync(HttpMethod.Delete, "/api/v1/users/ada/enrollment");
        proxy.Lead(server.Url);

        await Eventually.TrueAsync(
            () => app.Users.Find("ada", out var fresh) is { Track: ReleaseTracks.Tracks.TrackKey.Stable } && fresh, "the cache was read again", ClientApp.Bound);
    }

    [Fact]
    public async Task Server_ReplacedByAnOlderStateOfItself_IsRefusedUntilItHasCaughtUp()
    {
        using var data = new TemporaryDirectory();
        await using var proxy = new Proxy(null);
        var server = await TestServer.StartAsync(new() { DataPath = data.Path });
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.EnrolAsync("ada", "ai", 1);
        var key = await server.CreateKeyAsync();
        await server.DisposeAsync();
        using var older = data.Copy();
        server = await TestServer.StartAsync(new() { DataPath = data.Path });
        await server.RollBackAsync("smart-replies");
        proxy.Lead(server.Url);
        await using var app = await ClientApp.StartAsync(proxy.Address, key);
        await app.ServesAsync("smart-replies", "ada", "off");
        var revision = app.Status.Revision;
        await server.DisposeAsync();

        await using var restored = await TestServer.StartAsync(new() { DataPath = older.Path });
        proxy.Lead(restored.Url);

        await Eventually.TrueAsync(() => app.Status.Problem?.Contains("older than", StringComparison.Ordinal) == true, "it is refused", ClientApp.Bound);
        Assert.Equal(revision, app.Status.Revision);
        Assert.Equal("off", await app.VariantAsync("smart-replies", "ada"));
        while ((await restored.SendAsync(HttpMethod.Get, "/api/v1/snapshot")).GetProperty("revision").GetInt64() <= revision)
            await restored.CreateKeyAsync();
        await Eventually.TrueAsync(() => app.Status.Revision > revision && app.Status.Problem is null, "it has caught up", ClientApp.Bound);
    }

    [Fact]
    public async Task Server_InstalledAnew_IsFollowedThoughItsRevisionIsLower()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        for (var i = 0; i < 5; i++)
            await server.CreateKeyAsync();
        await using var fresh = await TestServer.StartAsync();
        await fresh.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("smart-replies", "other", StringComparison.Ordinal));
        await using var proxy = new Proxy(server.Url);
        await using var app = await ClientApp.StartAsync(proxy.Address, TestServer.BootstrapToken);
        var before = app.Status.Revision;

        proxy.Lead(fresh.Url);

        await Eventually.TrueAsync(() => app.Evaluator.Evaluate("other", null) is not null, "it is followed", ClientApp.Bound);
        Assert.True(app.Status.Revision < before);
        Assert.Null(app.Evaluator.Evaluate("smart-replies", null));
        Assert.True(app.Log.Contains("another ledger"));
    }

    [Fact]
    public async Task Connection_HalfOpen_IsGivenUpAfterTwoLostHeartbeats()
    {
        var time = FakeClock.At();
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await using var proxy = new Proxy(server.Url);
        await using var app = await ClientApp.StartAsync(proxy.Address, TestServer.BootstrapToken, new() { Time = time });
        await Eventually.TrueAsync(() => app.Status.Connected, "connected", ClientApp.Bound);

        proxy.GoSilent();
        await time.RunUntilAsync(() => !app.Status.Connected, "the silence is noticed");

        Assert.True(app.Log.Contains("not even a heartbeat"), app.Log.ToString());
        proxy.Speak();
        proxy.Cut();
        await time.RunUntilAsync(() => app.Status is { Connected: true, State: ClientState.Live }, "connected again");
    }

    [Fact]
    public async Task Server_NotThere_AppStartsAndServesFallbacks()
    {
        await using var proxy = new Proxy(null);
        await using var app = await ClientApp.StartAsync(proxy.Address, "rtk_any", new() { Options = client => client.StartupWait = TimeSpan.FromMilliseconds(200) });

        Assert.Equal(ClientState.Empty, app.Status.State);
        Assert.Null(app.Evaluator.Evaluate("smart-replies", "ada"));
        Assert.False(await app.Features.IsEnabledAsync("smart-replies", TestContext.Current.CancellationToken));
        using var page = await app.GetAsync("/variant/smart-replies", "ada");
        Assert.Equal("none", await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var health = (await app.HealthAsync()).Entries["releasetracks"];
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith("EMPTY", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task App_StartedWithoutTheServer_ServesTheLastSnapshotAndSaysItsAge()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "s.json");
        await File.WriteAllBytesAsync(path, Answers.Bytes(7, features: $"[{Answers.Feature()}]"), TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(path, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-3));
        await using var proxy = new Proxy(null);
        await using var app = await ClientApp.StartAsync(proxy.Address, "rtk_any", new()
        {
            Options = client => (client.StartupWait, client.SnapshotPath) = (TimeSpan.FromMilliseconds(200), path),
        });

        Assert.Equal("on", app.Evaluator.Evaluate("f", "ada")?.Variant?.Name);
        Assert.True(app.Status.Age > TimeSpan.FromHours(2.9), $"{app.Status.Age}");
        var health = (await app.HealthAsync()).Entries["releasetracks"];
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith("STALE: revision 7 was last confirmed 1080", health.Description, StringComparison.Ordinal);
        Assert.Equal("STALE", health.Data["state"]);
    }

    [Fact]
    public async Task Snapshot_OfTheServer_IsKeptForTheNextStart()
    {
        using var directory = new TemporaryDirectory();
        var path = Path.Combine(directory.Path, "s.json");
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await using (var first = await ClientApp.StartAsync(server, TestServer.BootstrapToken, new() { Options = client => client.SnapshotPath = path }))
            await Eventually.TrueAsync(() => File.Exists(path), "it is kept", ClientApp.Bound);

        await using var proxy = new Proxy(null);
        await using var second = await ClientApp.StartAsync(proxy.Address, "rtk_any", new()
        {
            Options = client => (client.StartupWait, client.SnapshotPath) = (TimeSpan.FromMilliseconds(200), path),
        });

        Assert.NotNull(second.Evaluator.Evaluate("smart-replies", "ada"));
    }

    [Fact]
    public async Task Key_Revoked_AppGoesOnAndSaysWhy()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await using var app = await ClientApp.StartAsync(server, await server.CreateKeyAsync());
        await Eventually.TrueAsync(() => app.Status.Connected, "connected", ClientApp.Bound);

        var keys = await server.SendAsync(HttpMethod.Get, "/api/v1/keys");
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/keys/{keys[0].GetProperty("id").GetString()}");

        await Eventually.TrueAsync(() => app.Status.Problem?.Contains("refuses the key", StringComparison.Ordinal) == true, "the refusal is told", ClientApp.Bound);
        Assert.NotNull(app.Evaluator.Evaluate("smart-replies", "ada"));
    }
}
