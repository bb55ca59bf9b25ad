using System.Diagnostics;
using System.Globalization;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A primary, its replica, and a sentinel that makes the replica the primary when the other is gone.</summary>
public sealed class RedisSentinel : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);
    private readonly TemporaryDirectory directory = new();
    private readonly int port = RedisServer.FreePort();
    private Process? sentinel;

    private RedisSentinel(RedisServer primary, RedisServer replica) => (Primary, Replica) = (primary, replica);

    /// <summary>The one that is at the start.</summary>
    public RedisServer Primary { get; }

    public RedisServer Replica { get; }

    public string ConnectionString => $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)},serviceName=tracks";

    public static async Task<RedisSentinel> StartAsync()
    {
        var primary = await RedisServer.StartAsync();
        var replica = await RedisServer.StartAsync(appendOnly: true, "--replicaof", "127.0.0.1", primary.Port.ToString(CultureInfo.InvariantCulture));
        var started = new RedisSentinel(primary, replica);
        try
        {
            await Eventually.TrueAsync(async () => (await replica.ExecuteAsync("INFO", "replication")).Contains("master_link_status:up", StringComparison.Ordinal), "the replica follows", Bound);
            await started.WatchAsync();
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>What the primary has answered so far, the replica has too.</summary>
    public Task InStepAsync() => Eventually.TrueAsync(
        async () => Offset(await Primary.ExecuteAsync("INFO", "replication"), "master_repl_offset:") is var there && there == Offset(await Replica.ExecuteAsync("INFO", "replication"), "slave_repl_offset:"),
        "the replica is in step",
        Bound);

    public async ValueTask DisposeAsync()
    {
        if (sentinel is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await Replica.DisposeAsync();
        await Primary.DisposeAsync();
        directory.Dispose();
    }

    private async Task WatchAsync()
    {
        var file = Path.Combine(directory.Path, "sentinel.conf");
        await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"""
            port {port}
            bind 127.0.0.1
            dir {directory.Path}
            sentinel monitor tracks 127.0.0.1 {Primary.Port} 1
            sentinel down-after-milliseconds tracks 2000
            sentinel failover-timeout tracks 5000
            """));
        var start = new ProcessStartInfo("redis-server", [file, "--sentinel"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        sentinel = Process.Start(start)!;
        sentinel.BeginOutputReadLine();
        sentinel.BeginErrorReadLine();
        await Eventually.TrueAsync(async () => (await AskAsync("SENTINEL", "REPLICAS", "tracks")).Contains($":{Replica.Port}", StringComparison.Ordinal), "the sentinel knows the replica", Bound);
    }

    private async Task<string> AskAsync(params string[] command)
    {
        using var asked = Process.Start(new ProcessStartInfo("redis-cli", ["-p", port.ToString(CultureInfo.InvariantCulture), .. command]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var answer = await asked.StandardOutput.ReadToEndAsync();
        await asked.WaitForExitAsync();
        return answer;
    }

    private static string Offset(string info, string name) => info.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Trim();
}
