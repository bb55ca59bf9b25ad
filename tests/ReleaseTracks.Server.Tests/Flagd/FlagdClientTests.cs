using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Ofrep;

namespace ReleaseTracks.Server.Tests.Flagd;

/// <summary>flagd's real in-process provider from npm against the sync service.</summary>
public sealed class FlagdClientTests
{
    private readonly string port = RedisServer.FreePort().ToString(CultureInfo.InvariantCulture);

    private string Setting => $"http://127.0.0.1:{port}";

    [Fact]
    public async Task InProcess_AgainstTheServer_EvaluatesOurTracksAndHearsOfARollback()
    {
        var seen = await RunAsync("in-process.mjs", null);

        TestContext.Current.TestOutputHelper?.WriteLine($"rollback seen after {seen.GetProperty("rollbackMilliseconds")} ms");
    }

    [Fact]
    public async Task InProcess_UnknownKey_IsRefused()
    {
        var seen = await RunAsync("refused.mjs", "rtk_0123456789abcdef_wrong");

        Assert.Contains("SDK key", seen.GetProperty("message").GetString());
    }

    [Fact]
    public async Task InProcess_KeyRevokedWhileListening_IsCutOff() =>
        Assert.NotEqual(0, (await RunAsync("revoked.mjs", null)).GetProperty("seen").GetArrayLength());

    [Fact]
    public async Task InProcess_ServerKilledAndStartedAgain_ServesOnAndHearsOfTheNextChange()
    {
        using var directory = new TemporaryDirectory();
        NodeScript node;
        await using (var server = await ServerProcess.StartAsync(directory.Path, $"--ReleaseTracks:Flagd:Url={Setting}"))
        {
            var key = await PrepareAsync(server.Client);
            node = NodeScript.Start("flagd-clients", "reconnect.mjs", server.Client.BaseAddress!.ToString().TrimEnd('/'), key, port);
            await node.SaysAsync("serving");
            await server.KillAsync();
        }

        using (node)
        {
            await using var again = await ServerProcess.StartAsync(directory.Path, $"--ReleaseTracks:Flagd:Url={Setting}");
            await PostAsync(again.Client, "/api/v1/features/smart-replies/rollback", new { track = "ai", reason = "test" });

            Assert.True((await node.EndAsync()).GetProperty("served").GetInt32() > 1);
        }
    }

    private async Task<JsonElement> RunAsync(string script, string? key)
    {
        var ofrep = new OfrepServer();
        await ofrep.InitializeAsync(new() { Settings = new Dictionary<string, string?> { ["ReleaseTracks:Flagd:Url"] = Setting } });
        await using var server = ofrep.Server;
        using var node = NodeScript.Start("flagd-clients", script, server.Url.ToString().TrimEnd('/'), key ?? ofrep.Key, port);
        return await node.EndAsync(() => server.Log.ToString());
    }

    /// <returns>An SDK key.</returns>
    private static async Task<string> PrepareAsync(HttpClient client)
    {
        var changes = JsonNode.Parse($$"""[{"op":"feature.put","feature":{{TestServerCalls.SmartReplies}}}]""");
        var plan = await PostAsync(client, "/api/v1/plans", new { title = "test", reason = "test", changes });
        var (id, hash) = (plan.GetProperty("id").GetString(), plan.GetProperty("hash").GetString());
        if (plan.GetProperty("approvalsNeeded").GetInt32() > 0)
            await PostAsync(client, $"/api/v1/plans/{id}/approvals", new { hash, decision = "approve" });
        await PostAsync(client, $"/api/v1/plans/{id}/apply", new { hash });
        return (await PostAsync(client, "/api/v1/keys", new { name = "flagd", kind = "sdk" })).GetProperty("secret").GetString()!;
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        return await answer.EnsureSuccessStatusCode().JsonAsync();
    }
}
