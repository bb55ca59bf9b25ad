using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Streams;

public sealed class ResyncTests
{
    [Fact]
    public async Task ProductStream_StoreWasAway_SaysThatChangesMayBeMissing()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await using var events = await EventReader.OpenAsync(server.Client(TestServer.BootstrapToken), "/api/v1/stream");
        await events.NextAsync();

        await redis.KillAsync();
        await redis.RestartAsync();

        await Eventually.TrueAsync(
            async () => (await events.NextAsync())?.StartsWith("event: resync", StringComparison.Ordinal) == true, "the resync event", TimeSpan.FromSeconds(60));
    }
}
