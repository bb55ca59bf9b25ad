using System.Collections.Concurrent;
using System.Globalization;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Access;

/// <summary>
/// When each key was last used, on whichever server. Noted in memory, because keys are used thousands of times a second,
/// and saved every few seconds; so it may be that much behind.
/// </summary>
public sealed partial class KeyUse(StoreConnection store, TimeProvider time, ILogger<KeyUse> logger) : BackgroundService
{
    private static readonly TimeSpan Precision = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, DateTimeOffset> seen = new(StringComparer.Ordinal);
    private DateTimeOffset savedUpTo;

    public void Saw(string keyId)
    {
        var now = time.GetUtcNow();
        if (!seen.TryGetValue(keyId, out var last) || now - last > Precision)
            seen[keyId] = now;
    }

    /// <summary>By key; while the store is away, what this server saw itself.</summary>
    public async Task<IReadOnlyDictionary<string, DateTimeOffset>> LastUsedAsync()
    {
        var used = new Dictionary<string, DateTimeOffset>(seen, StringComparer.Ordinal);
        try
        {
            foreach (var saved in await store.Database.HashGetAllAsync(StoreKeys.KeyUse))
            {
                var at = DateTimeOffset.FromUnixTimeMilliseconds((long)saved.Value);
                if (!used.TryGetValue(saved.Name.ToString(), out var here) || here < at)
                    used[saved.Name.ToString()] = at;
            }
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            Log.NotRead(logger, lost);
        }

        return used;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await SaveAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(SaveEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await SaveAsync();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task SaveAsync()
    {
        var upTo = time.GetUtcNow();
        var fresh = seen.Where(key => key.Value >= savedUpTo).ToArray();
        try
        {
            foreach (var (key, at) in fresh)
                await store.Database.HashSetAsync(StoreKeys.KeyUse, key, at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
            savedUpTo = upTo;
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost) || lost is InvalidOperationException)
        {
            // Not started, or away: kept, and saved the next time.
            Log.NotSaved(logger, lost);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "When keys were last used could not be saved")]
        public static partial void NotSaved(ILogger logger, Exception cause);

        [LoggerMessage(Level = LogLevel.Debug, Message = "When keys were last used elsewhere could not be read")]
        public static partial void NotRead(ILogger logger, Exception cause);
    }
}
