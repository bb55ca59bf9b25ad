using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>Tells "the store cannot be reached" from "the store refused".</summary>
public static class StoreFaults
{
    private static readonly string[] Refusals = ["LOADING", "MASTERDOWN", "CLUSTERDOWN", "READONLY", "TRYAGAIN", "OOM", "MISCONF", "NOREPLICAS"];

    /// <summary>True when it is unknown whether the command was carried out, or it never left this process.</summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        RedisTimeoutException or RedisConnectionException or TimeoutException or ObjectDisposedException => true,
        RedisServerException server => IsRefusal(server.Message),
        _ => false,
    };

    /// <summary>
    /// Answers of a server that is starting, that was the primary a moment ago, whose memory or disk is full, or that
    /// lacks the replicas it waits for. Nothing was written.
    /// </summary>
    private static bool IsRefusal(string message) => Refusals.Any(code => message.StartsWith(code, StringComparison.Ordinal));
}

/// <summary>
/// The answer to an append did not come: it may or may not be in the ledger. Read back by entry id before trying again.
/// </summary>
public sealed class AppendOutcomeUnknownException(string message, Exception? inner = null) : Exception(message, inner);
