namespace ReleaseTracks.Server.Store;

/// <summary>
/// A Redis-protocol server inside this process, reachable from this machine only and with a password that nobody
/// else knows. Every write is on disk before it is answered.
/// </summary>
public sealed class EmbeddedGarnet : IDisposable
{
    private const int RoomBytes = 1024 * 1024;
    private const long LongLogBytes = 2 * 1024 * 1024;
    private readonly DataDirectoryLock _lock;
    private readonly ILoggerFactory _loggers;
    private readonly OpenedGarnet _garnet;

    private EmbeddedGarnet(DataDirectoryLock directoryLock, string directory, ILoggerFactory loggers)
    {
        _lock = directoryLock;
        _loggers = loggers;
        _garnet = new(directory, loggers);
        DirectoryPath = directory;
    }

    public int Port => _garnet.Port;

    public string Password => _garnet.Password;

    public string DirectoryPath { get; }

    /// <summary>Worth that nothing can be changed for as long as it takes to write it anew.</summary>
    public bool IsFarTooLong => EmbeddedRebuild.IsDue(DirectoryPath, EmbeddedRebuild.WhileItRuns);

    /// <summary>
    /// True when a checkpoint is worth it, because the next start replays this log. While it runs, there is one whenever the log is much longer,
    /// but a process that never lives long enough would replay a longer log each time.
    /// </summary>
    public bool HasLongLog => _garnet.LogBytes > LongLogBytes;

    /// <inheritdoc cref="BudgetedGarnet.HasRemains"/>
    public bool HasRemains => _garnet.HasRemains;

    /// <inheritdoc cref="BudgetedGarnet.Checkpoint"/>
    public void Checkpoint() => _garnet.Checkpoint();

    /// <summary>Opens the store in <paramref name="dataPath"/>, with everything that was acknowledged before.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process holds the directory.</exception>
    public static async Task<EmbeddedGarnet> StartAsync(string dataPath, ILoggerFactory loggers)
    {
        var directoryLock = DataDirectoryLock.Take(dataPath);
        try
        {
            EnsureThreads();
            var directory = Path.Combine(Path.GetFullPath(dataPath), "store");
            EmbeddedRebuild.Settle(directory);
            if (EmbeddedRebuild.IsDue(directory) || GarnetSettings.HasShortSegments(directory))
                await RebuildAsync(directory, loggers, CancellationToken.None).ConfigureAwait(false);
            var opened = new EmbeddedGarnet(directoryLock, directory, loggers);
            await opened.ReplaceUnsafeAsync(CancellationToken.None).ConfigureAwait(false);
            return opened;
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>After <see cref="Stop"/>.</summary>
    public Task RebuildAsync(CancellationToken cancel) => RebuildAsync(DirectoryPath, _loggers, cancel);

    internal static Task RebuildAsync(string directory, ILoggerFactory loggers, CancellationToken cancel) =>
        Task.Run(() => EmbeddedRebuild.RunAsync(directory, loggers, cancel), cancel);

    /// <summary>Whether the disk takes as much as the log may write at once.</summary>
    public bool HasRoom()
    {
        var probe = Path.Combine(DirectoryPath, "room.probe");
        try
        {
            using var file = new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
            file.Write(new byte[RoomBytes]);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc cref="OpenedGarnet.Read"/>
    internal void Read(Action<IReadOnlyList<StoredKey>> take) => _garnet.Read(take);

    public void Stop() => _garnet.Stop();

    /// <summary>After <see cref="Stop"/>: again on the same port, with what is on disk.</summary>
    public async Task StartAgainAsync(CancellationToken cancel)
    {
        _garnet.Open();
        await ReplaceUnsafeAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Nobody else may open the directory before Garnet has closed it.</summary>
    public void Dispose()
    {
        if (_garnet.TryStop(checkpoint: HasLongLog))
            _lock.Dispose();
    }

    /// <summary>If its checkpoint had no index, or one that could not be read. Nothing is safe to be written to it then.</summary>
    private async Task ReplaceUnsafeAsync(CancellationToken cancel)
    {
        if (!HasRemains)
            return;
        Stop();
        await RebuildAsync(cancel).ConfigureAwait(false);
        _garnet.Open();
    }

    /// <summary>
    /// Waiting for the log blocks a pool thread per connection; with the pool's usual minimum of one thread per core,
    /// eight writers on two cores starve it and every call times out.
    /// </summary>
    private static void EnsureThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, 64), Math.Max(completions, 64));
    }
}
