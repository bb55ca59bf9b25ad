using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Closes the embedded store and opens it again: after it lost its disk, and when it has grown too long while it ran. Garnet whose
/// log could not be written once refuses every command for ever, and ends each connection that tries, also when there is room
/// again. Nobody may use it before what a crash may have cut off is finished, so as long as this is under way the store counts as away.
/// </summary>
internal sealed partial class EmbeddedReopening(
    EmbeddedGarnet garnet, IConnectionMultiplexer multiplexer, TimeProvider time, ILogger logger, Func<Task> reopened) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LookAtLengthEvery = TimeSpan.FromHours(1);
    private const int LooksBeforeReopening = 20;
    private readonly CancellationTokenSource disposed = new();
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private Task looking = Task.CompletedTask;
    private volatile string? underWay;

    /// <summary>What is under way and what to do about it; null if nothing is.</summary>
    public string? UnderWay => underWay;

    /// <summary>Looks from now on whether the store has grown too long.</summary>
    public void LookAtLength() => looking = Task.Run(() => LookAtLengthAsync(disposed.Token));

    /// <summary>The connection was lost. In this process there is no network that could have lost it.</summary>
    public void Begin() => Run(ReopenAsync);

    public async ValueTask DisposeAsync()
    {
        await disposed.CancelAsync().ConfigureAwait(false);
        Task last;
        lock (gate)
            last = running;
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        disposed.Dispose();
    }

    /// <summary>Unless something is under way already.</summary>
    private void Run(Func<CancellationToken, Task> what)
    {
        lock (gate)
        {
            if (running.IsCompleted && !disposed.IsCancellationRequested)
                running = Task.Run(() => what(disposed.Token));
        }
    }

    private async Task ReopenAsync(CancellationToken cancel)
    {
        try
        {
            if (await CameBackAsync(cancel).ConfigureAwait(false))
                return;
            Log.Closing(logger);
            underWay = $"cannot write to {garnet.DirectoryPath}: make room on that disk";
            garnet.Stop();
            await OpenAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ShortenAsync(CancellationToken cancel)
    {
        try
        {
            underWay = "is being written anew, because most of it was overwritten since";
            garnet.Stop();
            await garnet.RebuildAsync(cancel).ConfigureAwait(false);
            await OpenAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task OpenAsync(CancellationToken cancel)
    {
        while (!await OpensAsync(cancel).ConfigureAwait(false))
            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
        while (!multiplexer.IsConnected)
            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
        await RedoLog.ReplayAsync(multiplexer.GetDatabase()).ConfigureAwait(false);
        underWay = null;
        Log.Reopened(logger);
        await reopened().ConfigureAwait(false);
    }

    private async Task LookAtLengthAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(LookAtLengthEvery, time);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            if (garnet.IsFarTooLong && await IsQuickToWriteAsync().ConfigureAwait(false))
                Run(ShortenAsync);
        }
    }

    private async Task<bool> IsQuickToWriteAsync()
    {
        try
        {
            var keys = await multiplexer.GetServers()[0].DatabaseSizeAsync().ConfigureAwait(false);
            if (keys <= EmbeddedRebuild.MostKeysWhileItRuns)
                return true;
            Log.NotShortened(logger, EmbeddedRebuild.TooMany(keys));
        }
        catch (Exception away) when (away is RedisException or TimeoutException)
        {
            // It is asked again in an hour.
        }

        return false;
    }

    /// <summary>A connection that only ended comes back by itself; one that ended because the disk is full does not.</summary>
    private async Task<bool> CameBackAsync(CancellationToken cancel)
    {
        for (var look = 0; look < LooksBeforeReopening && garnet.HasRoom(); look++)
        {
            await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
            if (multiplexer.IsConnected)
                return true;
        }

        return false;
    }

    private async Task<bool> OpensAsync(CancellationToken cancel)
    {
        try
        {
            if (!garnet.HasRoom())
                return false;
            await garnet.StartAgainAsync(cancel).ConfigureAwait(false);
            return true;
        }
#pragma warning disable CA1031 // Whatever kept it from opening now may be gone at the next look.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            Log.NotReopened(logger, failed);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The embedded store cannot write to its disk. Nothing can be changed until there is room; evaluation goes on")]
        public static partial void Closing(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "The embedded store takes far more disk than what is in it. {Reason}")]
        public static partial void NotShortened(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "The embedded store could not be opened again; trying on")]
        public static partial void NotReopened(ILogger logger, Exception cause);

        [LoggerMessage(LogLevel.Information, "The embedded store is open again")]
        public static partial void Reopened(ILogger logger);
    }
}
