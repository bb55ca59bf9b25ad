using System.Security.Cryptography;
using System.Text;
using ReleaseTracks.Server.Store;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Streams;

/// <summary>The secret behind every kind of ticket, shared by all servers through the store.</summary>
public sealed partial class TicketKey(StoreConnection store, TimeProvider time, ILogger<TicketKey> logger)
{
    private const int KeyBytes = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private volatile byte[]? key;

    /// <summary>Null while it is unknown.</summary>
    internal byte[]? Bytes => key;

    /// <summary>Fetches the key once; when the store does not answer there are no tickets until it does.</summary>
    public ValueTask LoadAsync(CancellationToken cancel) => key is null ? new(FetchAsync(cancel)) : ValueTask.CompletedTask;

    /// <summary>
    /// An HMAC over parts that are told apart by their lengths, so that none can run over into the next, and over what
    /// the ticket is for, so that a ticket of one kind is worth nothing as another. Null while the key is unknown.
    /// </summary>
    public byte[]? Mac(string purpose, params ReadOnlySpan<string> parts)
    {
        if (key is not { } secret)
            return null;
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content, Encoding.UTF8);
        writer.Write(purpose);
        foreach (var part in parts)
            writer.Write(part);
        writer.Flush();
        return HMACSHA256.HashData(secret, content.ToArray());
    }

    private async Task FetchAsync(CancellationToken cancel)
    {
        try
        {
            var database = store.Database;
            // The first server wins; whoever comes later reads what it wrote.
            await database.StringSetAsync(StoreKeys.TicketKey, RandomNumberGenerator.GetBytes(KeyBytes), when: When.NotExists)
                .WaitAsync(Patience, time, cancel);
            if ((byte[]?)await database.StringGetAsync(StoreKeys.TicketKey).WaitAsync(Patience, time, cancel) is { Length: KeyBytes } found)
                key = found;
        }
        catch (Exception lost) when (lost is TimeoutException || StoreFaults.IsUnavailable(lost))
        {
            Log.NoKey(logger, lost);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "The key for tickets cannot be read; there are no tickets until it can")]
        public static partial void NoKey(ILogger logger, Exception cause);
    }
}
