using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A real redis-server on a free port, durable, in a directory of its own that goes with it.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("releasetracks-redis-").FullName;
    private readonly string _appendOnly;
    private readonly string[] _settings;
    private Process? _process;

    private RedisServer(bool appendOnly, string[] settings)
    {
        _appendOnly = appendOnly ? "yes" : "no";
        _settings = settings;
        Port = FreePort();
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Where it keeps its files.</summary>
    public string DataPath => _directory;

    /// <param name="appendOnly">Whether it keeps what it was told.</param>
    /// <param name="settings">More of its command line, such as <c>--cluster-enabled yes</c>.</param>
    public static async Task<RedisServer> StartAsync(bool appendOnly = true, params string[] settings)
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer(appendOnly, settings);
            try
            {
                await server.RestartAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Somebody took the port between the probe and the bind.
                await server.DisposeAsync();
            }
        }
    }

    /// <summary>Starts it again on the same port with what it had on disk.</summary>
    public async Task RestartAsync()
    {
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] arguments =
        [
            "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _directory,
            "--appendonly", _appendOnly, "--appendfsync", "always", "--save", "", "--daemonize", "no", "--loglevel", "warning", .. _settings,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _process = Process.Start(start)!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(AnswersAsync, "redis-server answers");
    }

    /// <summary>SIGKILL: what is not on disk is gone.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        _process = null;
    }

    /// <summary>SIGSTOP: connections stay open and nothing answers.</summary>
    public void Suspend() => Signal("STOP");

    public void Resume() => Signal("CONT");

    /// <summary>What <c>redis-cli</c> prints for one command, such as <c>CLUSTER INFO</c>, asked of this server alone.</summary>
    public async Task<string> ExecuteAsync(params string[] command)
    {
        var start = new ProcessStartInfo("redis-cli", ["-p", Port.ToString(CultureInfo.InvariantCulture), .. command]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var answer = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return answer.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process is { HasExited: true })
            throw new InvalidOperationException("redis-server ended by itself.");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[7];
            await stream.ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG\r\n"u8);
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
