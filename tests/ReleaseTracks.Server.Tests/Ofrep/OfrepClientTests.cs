using System.Diagnostics;
using System.Text.Json;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Ofrep;

/// <summary>The real OpenFeature clients from npm, run by node against the server. The scripts assert; here only the verdict is read.</summary>
public sealed class OfrepClientTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

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
        var folder = Folder();
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"The npm packages of {folder} are not installed: run tests/run.sh, or npm ci there.");
        var ofrep = new OfrepServer();
        await ofrep.InitializeAsync();
        await using var server = ofrep.Server;
        var start = new ProcessStartInfo("node", [script, server.Url.ToString().TrimEnd('/'), ofrep.Key])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ADMIN_TOKEN"] = TestServer.BootstrapToken },
        };
        using var node = Process.Start(start)!;
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await node.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bound, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            node.Kill(entireProcessTree: true);
        }

        Assert.True(node.HasExited && node.ExitCode == 0, $"node {script} failed\n{await output}\n{await errors}\n{server.Log}");
        return JsonSerializer.Deserialize<JsonElement>(await output);
    }

    /// <summary>The sources' folder, wherever the tests were built to.</summary>
    private static string Folder()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "tests", "ofrep-clients", "package.json")))
                return Path.Combine(directory.FullName, "tests", "ofrep-clients");
        }

        throw new InvalidOperationException("tests/ofrep-clients is not above the folder of the test assembly.");
    }
}
