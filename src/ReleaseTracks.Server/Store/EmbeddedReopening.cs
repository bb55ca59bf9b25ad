using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Opens the embedded store again after it lost its disk. Garnet whose log could not be written once refuses every command
/// for ever, and ends each connection that tries, also when there is room again. Nobody may use it before what a
/// crash may have cut off is finished, so as long as this is under way the store counts as away.
/// </summary>
internal sealed partial class EmbeddedReopening(
    EmbeddedGarnet garnet, IConnectionMultiplexer multiplexer, TimeProvider time, ILogger logger, Func<Task> reopened) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private const int LooksBeforeReopening = 20;
    private readonly CancellationTokenSource disposed = new();
    private readonly Lock gate = new();
    private Task running = Task.CompletedTask;
    private volatile bool underWay;

    public bool IsUnderWay => underWay;

    /// <summary>The connection was lost. In this process there is no network that could have lost it.</summary>
    public void Begin()
    {
        lock (gate)
        {
            if (running.IsCompleted && !disposed.IsCancellationRequested)
                running = Task.Run(() => RunAsync(disposed.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await disposed.CancelAsync().ConfigureAwait(false);
        Task last;
        lock (gate)
            last = running;
        await last.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        disposed.Dispose();
    }

    private async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            if (await CameBackAsync(cancel).ConfigureAwait(false))
                return;
            Log.Closing(logger);
            underWay = true;
            garnet.Stop();
            while (!Opens())
                await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
            while (!multiplexer.IsConnected)
                await Task.Delay(LookEvery, time, cancel).ConfigureAwait(false);
            await RedoLog.ReplayAsync(multiplexer.GetDatabase()).ConfigureAwait(false);
            underWay = false;
            Log.Reopened(logger);
            await reopened().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
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

    private bool Opens()
    {
        try
        {
            if (!garnet.HasRoom())
                return false;
            garnet.StartAgain();
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

        [LoggerMessage(LogLevel.Warning, "The embedded store could not be opened again; trying on")]
        public static partial void NotReopened(ILogger logger, Exception cause);

        [LoggerMessage(LogLevel.Information, "The embedded store is open again")]
        public static partial void Reopened(ILogger logger);
    }
}
