using System.Globalization;
using ReleaseTracks.Server.Tests.Faults;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Server.Tests.Streams;

namespace ReleaseTracks.Server.Tests.Operations;

/// <summary>Three server processes on one Redis: whichever is asked, the answer is the same, and any of them may go.</summary>
public sealed class ThreeServersTests : IAsyncLifetime
{
    private const int Each = 4;
    private readonly List<TemporaryDirectory> data = [];
    private readonly List<ServerProcess> servers = [];
    private RedisServer redis = null!;

    public async ValueTask InitializeAsync()
    {
        redis = await RedisServer.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            data.Add(new());
            servers.Add(await ServerProcess.StartAsync(data[i].Path, "--redis", redis.ConnectionString, "--ReleaseTracks:Control:Interval=1s"));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
            await server.DisposeAsync();
        await redis.DisposeAsync();
        data.ForEach(directory => directory.Dispose());
    }

    [Fact]
    public async Task Changes_MadeOnAllAtOnce_AreEvaluatedAndHeardOnAllAndOneLeads()
    {
        var streams = await Task.WhenAll(servers.Select(server => EventReader.OpenAsync(ClientOf(server), "/api/v1/stream")));
        await Task.WhenAll(servers.SelectMany((server, s) => Enumerable.Range(0, Each).Select(i => server.Client.ApplyAsync(Put($"f-{s}-{i}")))));

        var revision = await RevisionAsync(servers[0]);
        foreach (var stream in streams)
        {
            await HearsAsync(stream, revision);
            await stream.DisposeAsync();
        }

        foreach (var server in servers)
        {
            for (var s = 0; s < servers.Count * Each; s++)
                Assert.Equal(200, (await server.Client.CallAsync($"GET /api/v1/features/f-{s / Each}-{s % Each}")).Status);
            Assert.True(await RevisionAsync(server) >= revision);
        }

        // The same entries in the same order, whoever wrote them; the control loop may just be writing one more.
        await Eventually.TrueAsync(
            async () => (await Task.WhenAll(servers.Select(async server => (await server.Client.CallAsync("GET /api/v1/ledger/checkpoint")).Text.Split('\n')[2])))
                .Distinct(StringComparer.Ordinal).Count() == 1,
            "all have the same ledger");
        var leading = await Task.WhenAll(servers.Select(server => server.LeadsAsync()));
        Assert.Single(leading, leads => leads);
    }

    [Fact]
    public async Task Enrollment_ChangedOnOne_CountsOnTheOthersThoughTheyKnewAnother()
    {
        await servers[0].Client.ApplyAsync(Put("f"));
        foreach (var server in servers)
            await ServesAsync(server, "off");

        Assert.Equal(200, (await servers[1].Client.CallAsync("PUT /api/v1/users/ada/enrollment", """{"track":"ai","disclosureVersion":1}""")).Status);
        foreach (var server in servers)
            await ServesAsync(server, "on");

        await servers[2].Client.CallAsync("DELETE /api/v1/users/ada/enrollment");
        foreach (var server in servers)
            await ServesAsync(server, "off");
    }

    [Fact]
    public async Task Servers_KilledOneAfterTheOther_AreMissedByNobodyAndComeBack()
    {
        await servers[0].Client.ApplyAsync(Put("f"));
        await Eventually.TrueAsync(servers[0].LeadsAsync, "the first leads", TimeSpan.FromSeconds(60));
        // A follower: nothing is to be taken over.
        await servers[2].KillAsync();
        Assert.Equal(200, (await servers[1].Client.CallAsync("POST /api/v1/features/f/rollback", """{"track":"ai","reason":"test"}""")).Status);
        Assert.True(await servers[0].LeadsAsync());

        await servers[0].KillAsync();
        await Eventually.TrueAsync(servers[1].LeadsAsync, "the one that is left leads", TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(async () => (await servers[1].Client.CallAsync("GET /api/v1/rollbacks")).Text.Contains("\"state\":\"verified\"", StringComparison.Ordinal), "it verifies what the other began", TimeSpan.FromSeconds(60));

        await servers[1].KillAsync();
        await Task.WhenAll(servers.Select(server => server.RestartAsync()));
        foreach (var server in servers)
            Assert.Contains("rb_", (await server.Client.CallAsync("GET /api/v1/rollbacks")).Text, StringComparison.Ordinal);
        await servers[2].Client.ApplyAsync(Put("after-all-were-gone"));
    }

    private static string Put(string key) => $$"""
        {"op":"feature.put","feature":{"key":"{{key}}","ai":true,"variants":{"off":false,"on":true},"fallback":"off","disclosure":{"version":1,"text":"AI."},
         "releases":{"ai":[{"variant":"on","weight":100}]} } }
        """;

    /// <summary>Of the stream's own, which goes with it.</summary>
    private static HttpClient ClientOf(ServerProcess server)
    {
        var client = new HttpClient { BaseAddress = server.Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = server.Client.DefaultRequestHeaders.Authorization;
        return client;
    }

    private static async Task<long> RevisionAsync(ServerProcess server) => (await server.Client.CallAsync("GET /api/v1/snapshot")).Json.GetProperty("revision").GetInt64();

    private static Task ServesAsync(ServerProcess server, string variant) => Eventually.TrueAsync(
        async () => (await server.Client.CallAsync("POST /ofrep/v1/evaluate/flags/f", """{"context":{"targetingKey":"ada"}}""")) is { Status: 200 } answer
            && answer.Json.GetProperty("variant").GetString() == variant,
        $"{server.Client.BaseAddress} serves {variant}",
        TimeSpan.FromSeconds(60));

    private static async Task HearsAsync(EventReader stream, long revision)
    {
        while (await stream.NextAsync() is { } heard)
        {
            var id = heard.Split('\n').FirstOrDefault(line => line.StartsWith("id: ", StringComparison.Ordinal));
            if (id is not null && long.Parse(id[4..], CultureInfo.InvariantCulture) >= revision)
                return;
        }

        Assert.Fail("The stream ended.");
    }
}
