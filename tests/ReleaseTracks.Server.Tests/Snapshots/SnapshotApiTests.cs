using System.Net;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Snapshots;

public sealed class SnapshotApiTests : IAsyncLifetime
{
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Snapshot_Whole_NamesItsLedgerAndTheCeilings()
    {
        await server.ApplyAsync("""[{"op":"organisation.put","organisation":{"id":"acme","ceiling":"stable"}},{"op":"organisation.put","organisation":{"id":"free","ceiling":"ai"}}]""");
        var snapshot = await server.SendAsync(HttpMethod.Get, "/api/v1/snapshot");

        Assert.StartsWith("releasetracks/", snapshot.GetProperty("origin").GetString(), StringComparison.Ordinal);
        Assert.Equal("""[{"id":"acme","ceiling":"stable"}]""", snapshot.GetProperty("organisations").GetRawText());
        Assert.Equal("smart-replies", snapshot.GetProperty("features")[0].GetProperty("key").GetString());
    }

    [Fact]
    public async Task Snapshot_ForFeatureManagement_HasTheTrackAsAGroup()
    {
        using var answer = await server.Admin.GetAsync("/api/v1/snapshot?format=feature-management", TestContext.Current.CancellationToken);
        var flag = (await answer.JsonAsync()).GetProperty("feature_management").GetProperty("feature_flags")[0];

        Assert.Equal("smart-replies", flag.GetProperty("id").GetString());
        Assert.True(flag.GetProperty("enabled").GetBoolean());
        Assert.Equal("""[{"variant":"on","groups":["track:ai"]}]""", flag.GetProperty("allocation").GetProperty("group").GetRawText());
        Assert.Equal("off", flag.GetProperty("allocation").GetProperty("default_when_enabled").GetString());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/v1/snapshot?format=feature-management");
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        using var same = await server.Admin.SendAsync(again, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, same.StatusCode);
    }

    [Fact]
    public async Task Snapshot_RolledBackAndKilled_ExportsThePlainPath()
    {
        await server.RollBackAsync("smart-replies");
        var rolledBack = await server.SendAsync(HttpMethod.Get, "/api/v1/snapshot?format=feature-management");
        await server.KillAsync("smart-replies");
        var killed = await server.SendAsync(HttpMethod.Get, "/api/v1/snapshot?format=feature-management");

        Assert.Equal(0, Flag(rolledBack).GetProperty("allocation").GetProperty("group").GetArrayLength());
        Assert.False(Flag(killed).GetProperty("enabled").GetBoolean());
        Assert.False(Flag(killed).TryGetProperty("variants", out _));
    }

    [Fact]
    public async Task Snapshot_UnknownFormat_SaysWhatThereIs()
    {
        using var answer = await server.Admin.GetAsync("/api/v1/snapshot?format=yaml", TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("feature-management", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static System.Text.Json.JsonElement Flag(System.Text.Json.JsonElement export) => export.GetProperty("feature_management").GetProperty("feature_flags")[0];
}
