using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// What acknowledged means on this server. <see cref="WaitsForDisk"/>: an append can be followed by
/// <c>WAITAOF</c> (Redis 7.2 and later, Valkey).
/// </summary>
public sealed record Durability(bool WaitsForDisk, string? Warning)
{
    public static Durability Unknown { get; } = new(false, null);

    /// <summary>Garnet answers only after its log is on disk.</summary>
    public static Durability Embedded { get; } = new(false, null);
}

internal static class DurabilityProbe
{
    /// <summary>
    /// Asks once per connection, every primary of a cluster, and is as good as the worst of them. Managed services forbid
    /// <c>CONFIG</c>; there it cannot be known and nothing is claimed.
    /// </summary>
    public static async Task<Durability> RunAsync(IConnectionMultiplexer multiplexer)
    {
        var primaries = multiplexer.GetServers().Where(server => server is { IsConnected: true, IsReplica: false });
        var all = await Task.WhenAll(primaries.Select(AskAsync)).ConfigureAwait(false);
        return all.Length == 0
            ? Durability.Unknown
            : new(all.All(one => one.WaitsForDisk), all.Select(one => one.Warning).FirstOrDefault(warning => warning is not null));
    }

    private static async Task<Durability> AskAsync(IServer server)
    {
        try
        {
            var appendOnly = await ConfigAsync(server, "appendonly").ConfigureAwait(false);
            var sync = await ConfigAsync(server, "appendfsync").ConfigureAwait(false);
            var waits = appendOnly != "no" && await WaitsAsync(server).ConfigureAwait(false);
            return new Durability(waits, Warn(appendOnly, sync, waits));
        }
        catch (Exception exception) when (StoreFaults.IsUnavailable(exception))
        {
            return Durability.Unknown;
        }
    }

    private static string? Warn(string? appendOnly, string? sync, bool waits) => (appendOnly, sync, waits) switch
    {
        ("no", _, _) => "The Redis server keeps no append-only file: acknowledged changes are lost when it restarts. "
            + "Set appendonly yes and appendfsync always on the server.",
        ("yes", "everysec" or "no", false) => "The Redis server acknowledges changes before they are on disk and has no "
            + "WAITAOF: up to a second of them is lost when it crashes. Set appendfsync always on the server.",
        _ => null,
    };

    private static async Task<string?> ConfigAsync(IServer server, string name)
    {
        try
        {
            var pair = (RedisResult[]?)await server.ExecuteAsync("CONFIG", "GET", name).ConfigureAwait(false);
            return pair is { Length: 2 } ? (string?)pair[1] : null;
        }
        catch (RedisException exception) when (!StoreFaults.IsUnavailable(exception))
        {
            return null;
        }
    }

    private static async Task<bool> WaitsAsync(IServer server)
    {
        try
        {
            await server.ExecuteAsync("WAITAOF", 0, 0, 1).ConfigureAwait(false);
            return true;
        }
        catch (RedisException exception) when (!StoreFaults.IsUnavailable(exception))
        {
            return false;
        }
    }
}
