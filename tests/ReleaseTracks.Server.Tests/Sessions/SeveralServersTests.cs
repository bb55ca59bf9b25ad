using System.Globalization;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Sessions;

/// <summary>Two servers on one Redis are one server to the people who use them.</summary>
public sealed class SeveralServersTests
{
    [Fact]
    public async Task Session_BegunOnOneServer_IsGoodOnAnotherAtOnceAndEndsOnBoth()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        await using var two = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });
        var (id, link) = await one.InviteAsync("Ada", "viewer");
        using var here = await one.OpenAsync(link);
        using var there = Elsewhere(here, two);

        Assert.Equal(200, (await there.CallAsync("GET /api/v1/features")).Status);

        await two.Admin.CallAsync($"DELETE /api/v1/people/{id}");
        Assert.Equal(401, (await there.CallAsync("GET /api/v1/features")).Status);
        await Eventually.TrueAsync(
            async () => (await here.CallAsync("GET /api/v1/features")).Status == 401, "the other server hears of it", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Session_AfterARestart_IsStillGood()
    {
        using var data = new TemporaryDirectory();
        string cookie;
        await using (var before = await TestServer.StartAsync(new() { DataPath = data.Path }))
        {
            using var ada = await before.SignInAsync("viewer");
            cookie = ada.DefaultRequestHeaders.GetValues("Cookie").Single();
        }

        await using var after = await TestServer.StartAsync(new() { DataPath = data.Path });
        using var again = after.WithCookie(cookie);

        Assert.Equal(200, (await again.CallAsync("GET /api/v1/features")).Status);
    }

    private static HttpClient Elsewhere(HttpClient client, TestServer server) =>
        server.WithCookie(client.DefaultRequestHeaders.GetValues("Cookie").Single().ToString(CultureInfo.InvariantCulture));
}
