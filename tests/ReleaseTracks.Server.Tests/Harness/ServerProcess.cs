using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>The built server as a process of its own, which can be killed.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private const int StartAttempts = 3;
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();
    private readonly string[] arguments;
    private readonly IReadOnlyDictionary<string, string> environment;
    private Process process;
    private StringBuilder output;

    private ServerProcess(string[] arguments, string url, IReadOnlyDictionary<string, string> environment)
    {
        (this.arguments, this.environment) = (arguments, environment);
        (process, output) = Start(arguments, environment);
        Client = new(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new(url), Timeout = TimeSpan.FromSeconds(30) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestServer.BootstrapToken);
    }

    /// <summary>Calls with the bootstrap token.</summary>
    public HttpClient Client { get; }

    /// <summary>What it has printed so far.</summary>
    public string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    /// <summary>The server beside the tests, built the same way.</summary>
    private static string Dll { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "ReleaseTracks.Server", new DirectoryInfo(AppContext.BaseDirectory).Name, "ReleaseTracks.Server.dll"));

    public static Task<ServerProcess> StartAsync(string dataPath, params string[] settings) => StartAsync(dataPath, Nothing, settings);

    public static async Task<ServerProcess> StartAsync(string dataPath, IReadOnlyDictionary<string, string> environment, params string[] settings)
    {
        for (var attempt = 1; ; attempt++)
        {
            var url = $"http://127.0.0.1:{RedisServer.FreePort().ToString(CultureInfo.InvariantCulture)}";
            var server = new ServerProcess(
                ["--urls", url, "--data-path", dataPath, $"--ReleaseTracks:Access:BootstrapToken={TestServer.BootstrapToken}", .. settings], url, environment);
            try
            {
                await Eventually.TrueAsync(server.IsReadyAsync, "the server process is ready", TimeSpan.FromSeconds(60));
                return server;
            }
            catch (InvalidOperationException) when (attempt < StartAttempts)
            {
                // Most likely somebody took the port between the probe and the bind.
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Runs a command of the server to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var (process, output) = Start(arguments, Nothing);
        using (process)
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            lock (output)
                return (process.ExitCode, output.ToString());
        }
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>After <see cref="KillAsync"/>: again, at the same address.</summary>
    public Task RestartAsync()
    {
        process.Dispose();
        (process, output) = Start(arguments, environment);
        return Eventually.TrueAsync(IsReadyAsync, "the server process is ready again", TimeSpan.FromSeconds(60));
    }

    /// <summary>Whether its control loop is the one that acts.</summary>
    public async Task<bool> LeadsAsync() =>
        // The whole line: the help of this metric begins with its name and a 1, too.
        (await Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken)).Contains("\nreleasetracks_control_leader 1\n", StringComparison.Ordinal);

    /// <summary>SIGSTOP: its connections stay open, and its clock goes on without it.</summary>
    public void Suspend() => Signal("STOP");

    public void Resume() => Signal("CONT");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!process.HasExited)
            await KillAsync();
        process.Dispose();
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static (Process Process, StringBuilder Output) Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Dll, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var (process, output) = (new Process { StartInfo = start }, new StringBuilder());
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return (process, output);

        void Keep(string? line)
        {
            lock (output)
                output.AppendLine(line);
        }
    }

    private async Task<bool> IsReadyAsync()
    {
        if (process.HasExited)
        {
            lock (output)
                throw new InvalidOperationException($"The server ended with {process.ExitCode}: {output}");
        }

        try
        {
            using var answer = await Client.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
