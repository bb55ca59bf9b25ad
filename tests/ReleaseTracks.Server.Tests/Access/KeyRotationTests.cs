using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Access;

public sealed class KeyRotationTests
{
    [Fact]
    public async Task Key_Rotated_BothSecretsWorkUntilTheOverlapHasPassed()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var server = await TestServer.StartAsync(new() { Time = time });
        var created = (await server.Admin.CallAsync("POST /api/v1/keys", """{"name":"shop","kind":"sdk"}""")).Json;
        var id = created.GetProperty("id").GetString();
        using var before = server.Client(created.GetProperty("secret").GetString());
        using var stream = await StreamAsync(before);
        Assert.Equal(200, (await before.CallAsync("GET /api/v1/snapshot")).Status);

        var rotated = await server.Admin.CallAsync($"POST /api/v1/keys/{id}/rotate", """{"overlap":"1h"}""");

        Assert.Equal((200, id), (rotated.Status, rotated.Json.GetProperty("id").GetString()));
        Assert.Equal(created.GetProperty("prefix").GetString(), rotated.Json.GetProperty("prefix").GetString());
        using var after = server.Client(rotated.Json.GetProperty("secret").GetString());
        using var newStream = await StreamAsync(after);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal((200, 200), ((await before.CallAsync("GET /api/v1/snapshot")).Status, (await after.CallAsync("GET /api/v1/snapshot")).Status));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal((401, 200), ((await before.CallAsync("GET /api/v1/snapshot")).Status, (await after.CallAsync("GET /api/v1/snapshot")).Status));
        time.Advance(TimeSpan.FromSeconds(15));
        await EndsAsync(stream);
        await server.SendAsync(HttpMethod.Delete, $"/api/v1/keys/{id}");
        await EndsAsync(newStream);
    }

    [Theory]
    [InlineData(null, 200)]
    [InlineData("""{"overlap":"0s"}""", 401)]
    [InlineData("{}", 200)]
    public async Task Key_RotatedWithAnotherOverlap_KeepsTheOldSecretForSoLong(string? body, int status)
    {
        await using var server = await TestServer.StartAsync();
        var created = (await server.Admin.CallAsync("POST /api/v1/keys", """{"name":"shop","kind":"sdk"}""")).Json;
        using var before = server.Client(created.GetProperty("secret").GetString());
        Assert.Equal(200, (await before.CallAsync("GET /api/v1/snapshot")).Status);

        Assert.Equal(200, (await server.Admin.CallAsync($"POST /api/v1/keys/{created.GetProperty("id").GetString()}/rotate", body)).Status);

        Assert.Equal(status, (await before.CallAsync("GET /api/v1/snapshot")).Status);
        var ledger = (await server.Admin.CallAsync("GET /api/v1/ledger")).Text;
        Assert.DoesNotContain(created.GetProperty("secret").GetString()![^30..], ledger, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_RotatedWrongly_IsRefused()
    {
        await using var server = await TestServer.StartAsync();
        var id = (await server.Admin.CallAsync("POST /api/v1/keys", """{"name":"shop","kind":"sdk"}""")).Json.GetProperty("id").GetString();

        foreach (var body in (string[])["""{"overlap":"soon"}""", """{"overlap":"31d"}""", """{"overlap":5}""", """{"for":"1h"}"""])
            Assert.Equal("invalid", (await server.Admin.CallAsync($"POST /api/v1/keys/{id}/rotate", body)).Problem);
        Assert.Equal("not-found", (await server.Admin.CallAsync("POST /api/v1/keys/0000/rotate")).Problem);
        await server.Admin.CallAsync($"DELETE /api/v1/keys/{id}");
        Assert.Equal("not-found", (await server.Admin.CallAsync($"POST /api/v1/keys/{id}/rotate")).Problem);
        Assert.Empty(await server.EntriesAsync("key.rotated"));
    }

    [Fact]
    public async Task LastUse_OfAKey_IsKnownOnOtherServersAndAfterARestart()
    {
        await using var redis = await RedisServer.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var used = time.GetUtcNow();
        await using (var one = await TestServer.StartAsync(new() { Redis = redis.ConnectionString, Time = time }))
        {
            using var shop = one.Client(await one.CreateKeyAsync("shop"));
            Assert.Equal(System.Text.Json.JsonValueKind.Null, (await one.Admin.CallAsync("GET /api/v1/keys")).Json[0].GetProperty("lastUsedAt").ValueKind);
            await shop.CallAsync("GET /api/v1/snapshot");
        }

        await using var two = await TestServer.StartAsync(new() { Redis = redis.ConnectionString });

        var key = (await two.Admin.CallAsync("GET /api/v1/keys")).Json[0];
        Assert.InRange(key.GetProperty("lastUsedAt").GetDateTimeOffset(), used.AddMilliseconds(-1), used.AddMinutes(1));
    }

    /// <summary>Two processes on one Redis, as in production.</summary>
    [Fact]
    public async Task Key_RevokedOnOneServer_IsRefusedOnTheOtherAndItsStreamEnds()
    {
        await using var redis = await RedisServer.StartAsync();
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        await using var one = await ServerProcess.StartAsync(first.Path, "--redis", redis.ConnectionString);
        await using var two = await ServerProcess.StartAsync(second.Path, "--redis", redis.ConnectionString);
        var created = (await one.Client.CallAsync("POST /api/v1/keys", """{"name":"shop","kind":"sdk"}""")).Json;
        using var sdk = new HttpClient { BaseAddress = two.Client.BaseAddress };
        sdk.DefaultRequestHeaders.Authorization = new("Bearer", created.GetProperty("secret").GetString());
        await Eventually.TrueAsync(async () => (await sdk.CallAsync("GET /api/v1/snapshot")).Status == 200, "the other server knows the key", TimeSpan.FromSeconds(60));
        using var stream = await StreamAsync(sdk);

        Assert.Equal(204, (await one.Client.CallAsync($"DELETE /api/v1/keys/{created.GetProperty("id").GetString()}")).Status);

        var revoked = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(async () => (await sdk.CallAsync("GET /api/v1/snapshot")).Status == 401, "the other server refuses it", TimeSpan.FromSeconds(60));
        var took = Stopwatch.GetElapsedTime(revoked);
        TestContext.Current.TestOutputHelper?.WriteLine($"refused after {took.TotalMilliseconds:0} ms");
        await EndsAsync(stream);
    }

    private static async Task<StreamReader> StreamAsync(HttpClient client)
    {
        var answer = await client.GetAsync(new Uri("/api/v1/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
        return new(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
    }

    private static Task EndsAsync(StreamReader stream) =>
        stream.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
}
