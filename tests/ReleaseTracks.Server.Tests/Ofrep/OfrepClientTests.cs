using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Ofrep;

/// <summary>The real OpenFeature clients from npm, run by node against the server. The scripts assert; here only the verdict is read.</summary>
public sealed class OfrepClientTests
{
    [Fact]
    public async Task ServerSdk_AgainstTheServer_EvaluatesEveryType()
    {
        var seen = await RunAsync("server.mjs");

        Assert.Equal("in the code", seen.GetProperty("killed").GetProperty("value").GetString());
    }

    [Fact]
    public async Task WebSdk_AgainstTheServer_HearsOfARollbackWithoutPolling()
    {
        var seen = await RunAsync("web.mjs");

        Assert.Equal("DISABLED", seen.GetProperty("killed").GetProperty("reason").GetString());
        TestContext.Current.TestOutputHelper?.WriteLine($"rollback seen after {seen.GetProperty("rollbackMilliseconds")} ms");
    }

    private static async Task<JsonElement> RunAsync(string script)
    {
        var ofrep = new OfrepServer();
        await ofrep.InitializeAsync();
        await using var server = ofrep.Server;
        using var node = NodeScript.Start("ofrep-clients", script, server.Url.ToString().TrimEnd('/'), ofrep.Key);
        return await node.EndAsync(() => server.Log.ToString());
    }
}
