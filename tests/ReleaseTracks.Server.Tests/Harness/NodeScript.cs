using System.Diagnostics;
using System.Text.Json;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A script of a real client from npm, run by node. The scripts assert; here only the verdict is read.</summary>
public sealed class NodeScript : IDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(120);
    private readonly Process node;
    private readonly Task<string> errors;
    private readonly string script;

    private NodeScript(Process node, string script)
    {
        (this.node, this.script) = (node, script);
        errors = node.StandardError.ReadToEndAsync(CancellationToken.None);
    }

    /// <param name="folder">A folder of <c>tests</c> with a package.json of its own.</param>
    /// <param name="script">Its file name.</param>
    /// <param name="arguments">What the script takes.</param>
    public static NodeScript Start(string folder, string script, params string[] arguments)
    {
        var path = Folder(folder);
        Assert.True(Directory.Exists(Path.Combine(path, "node_modules")), $"The npm packages of {path} are not installed: run tests/run.sh, or npm ci there.");
        var start = new ProcessStartInfo("node", [script, .. arguments])
        {
            WorkingDirectory = path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["ADMIN_TOKEN"] = TestServer.BootstrapToken },
        };
        return new(Process.Start(start)!, script);
    }

    /// <summary>Waits for a line that says how far the script is.</summary>
    public async Task SaysAsync(string line)
    {
        var said = await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Bound, TimeProvider.System);
        Assert.True(said == line, $"node {script} said {said ?? "nothing"}, not {line}\n{(node.HasExited ? await errors : "")}");
    }

    /// <summary>The JSON that the script ends with.</summary>
    public async Task<JsonElement> EndAsync(Func<string>? log = null)
    {
        var output = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await node.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bound, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            node.Kill(entireProcessTree: true);
        }

        Assert.True(node.HasExited && node.ExitCode == 0, $"node {script} failed\n{await output}\n{await errors}\n{log?.Invoke()}");
        return JsonSerializer.Deserialize<JsonElement>(await output);
    }

    public void Dispose()
    {
        if (!node.HasExited)
            node.Kill(entireProcessTree: true);
        node.Dispose();
    }

    /// <summary>The sources' folder, wherever the tests were built to.</summary>
    private static string Folder(string name)
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "tests", name, "package.json")))
                return Path.Combine(directory.FullName, "tests", name);
        }

        throw new InvalidOperationException($"tests/{name} is not above the folder of the test assembly.");
    }
}
