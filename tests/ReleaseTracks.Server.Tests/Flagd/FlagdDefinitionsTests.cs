using System.Text.Json;
using ReleaseTracks.Server.Flagd;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Flagd;

public sealed class FlagdDefinitionsTests
{
    private const string Thirds = """
        {"key":"thirds","name":"Thirds","variants":{"a":"a","b":"b","c":"c","off":"-"},"fallback":"off",
         "releases":{"ai":[{"variant":"a","weight":33.333333333333336},{"variant":"b","weight":33.333333333333336},{"variant":"c","weight":33.33333333333333},{"variant":"off","weight":0}]}}
        """;

    [Fact]
    public async Task Write_WeightsWithFractions_AddUpToTheWholeInWholeNumbers()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(Thirds);

        var fractional = Flag(server, "thirds").GetProperty("targeting").GetProperty("if")[1].GetProperty("fractional");

        Assert.Equal(["a", "b", "c"], fractional.EnumerateArray().Select(share => share[0].GetString()!));
        Assert.Equal(1_000_000_000, fractional.EnumerateArray().Sum(share => share[1].GetInt32()));
        Assert.All(fractional.EnumerateArray(), share => Assert.InRange(share[1].GetInt32(), 333_333_333, 333_333_334));
    }

    [Fact]
    public async Task Write_RolledBackAndKilled_ServesTheFallbackAndNothing()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.RollBackAsync("smart-replies");
        Assert.Equal("off", Flag(server, "smart-replies").GetProperty("targeting").GetProperty("if")[1].GetString());

        await server.KillAsync("smart-replies");
        var killed = Flag(server, "smart-replies");
        Assert.Equal("DISABLED", killed.GetProperty("state").GetString());
        Assert.False(killed.TryGetProperty("targeting", out _));
    }

    [Fact]
    public async Task Current_SomethingElseChanges_IsTheSameSet()
    {
        await using var server = await TestServer.StartAsync();
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        var set = new FlagdSet((SnapshotHolder)server.Services.GetService(typeof(SnapshotHolder))!);
        var before = set.Current;

        await server.CreateKeyAsync();
        Assert.Same(before, set.Current);
        await server.RollBackAsync("smart-replies");
        Assert.NotSame(before, set.Current);
    }

    [Theory]
    [InlineData("8015")]
    [InlineData("ftp://127.0.0.1:8015")]
    [InlineData("http://")]
    public async Task Start_UrlThatIsNone_SaysWhichKeyAndWhatToGive(string url)
    {
        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => TestServer.StartAsync(new() { Settings = new Dictionary<string, string?> { ["ReleaseTracks:Flagd:Url"] = url } }));

        Assert.Contains("ReleaseTracks:Flagd:Url", refused.Message);
    }

    private static JsonElement Flag(TestServer server, string key)
    {
        var set = new FlagdSet((SnapshotHolder)server.Services.GetService(typeof(SnapshotHolder))!);
        using var document = JsonDocument.Parse(set.Current);
        return document.RootElement.GetProperty("flags").GetProperty(key).Clone();
    }
}
