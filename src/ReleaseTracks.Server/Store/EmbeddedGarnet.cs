using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// A Redis-protocol server inside this process, reachable from this machine only and with a password that nobody
/// else knows. Every write is on disk before it is answered.
/// </summary>
public sealed class EmbeddedGarnet : IDisposable
{
    private static readonly Lock Creating = new();
    private const int StartAttempts = 3;
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(30);
    private const int RoomBytes = 1024 * 1024;
    private const long LongLogBytes = 2 * 1024 * 1024;
    private readonly DataDirectoryLock _lock;
    private readonly string _directory;
    private readonly ILoggerFactory _loggers;
    private BudgetedGarnet? _server;

    private EmbeddedGarnet(DataDirectoryLock directoryLock, string directory, ILoggerFactory loggers, BudgetedGarnet server, int port, string password)
    {
        _lock = directoryLock;
        _directory = directory;
        _loggers = loggers;
        _server = server;
        Port = port;
        Password = password;
    }

    public int Port { get; }

    public string Password { get; }

    public string DirectoryPath => _directory;

    /// <summary>Worth that nothing can be changed for as long as it takes to write it anew.</summary>
    public bool IsFarTooLong => EmbeddedRebuild.IsDue(_directory, EmbeddedRebuild.WhileItRuns);

    /// <summary>
    /// True when a checkpoint is worth it, because the next start replays this log. While it runs, Garnet takes them by
    /// itself, but a process that never lives long enough would replay a longer log each time.
    /// </summary>
    public bool HasLongLog
    {
        get
        {
            var log = new DirectoryInfo(Path.Combine(_directory, "AOF"));
            return log.Exists && log.EnumerateFiles("aof.log.*").Sum(file => file.Length) > LongLogBytes;
        }
    }

    /// <summary>Opens the store in <paramref name="dataPath"/>, with everything that was acknowledged before.</summary>
    /// <exception cref="DataDirectoryInUseException">Another process holds the directory.</exception>
    public static async Task<EmbeddedGarnet> StartAsync(string dataPath, ILoggerFactory loggers)
    {
        var directoryLock = DataDirectoryLock.Take(dataPath);
        try
        {
            EnsureThreads();
            var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var directory = Path.Combine(Path.GetFullPath(dataPath), "store");
            EmbeddedRebuild.Settle(directory);
            if (EmbeddedRebuild.IsDue(directory))
                await RebuildAsync(directory, loggers, CancellationToken.None).ConfigureAwait(false);
            var (server, port) = StartServer(directory, password, loggers);
            return new EmbeddedGarnet(directoryLock, directory, loggers, server, port, password);
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>After <see cref="Stop"/>.</summary>
    public Task RebuildAsync(CancellationToken cancel) => RebuildAsync(_directory, _loggers, cancel);

    internal static Task RebuildAsync(string directory, ILoggerFactory loggers, CancellationToken cancel) => EmbeddedRebuild.RunAsync(
        directory,
        path =>
        {
            var password = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var (server, port) = StartServer(path, password, loggers);
            return new OpenedGarnet(server.Close, port, password);
        },
        loggers.CreateLogger(nameof(EmbeddedRebuild)),
        cancel);

    /// <summary>Whether the disk takes as much as the log may write at once.</summary>
    public bool HasRoom()
    {
        var probe = Path.Combine(_directory, "room.probe");
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

    public void Stop()
    {
        var server = _server;
        _server = null;
        server?.Close();
    }

    /// <summary>After <see cref="Stop"/>: again on the same port, with what is on disk.</summary>
    public void StartAgain()
    {
        var server = CreateServer(GarnetArguments.For(_directory, Port, Password), _loggers);
        try
        {
            server.Open();
            _server = server;
        }
        catch
        {
            server.Close();
            throw;
        }
    }

    /// <summary>
    /// All that was acknowledged is on disk, so a Garnet that does not end in time is left to the end of the process, and with it
    /// the directory: nobody else may open it before.
    /// </summary>
    public void Dispose()
    {
        if (Task.Run(Stop).Wait(LongestStop))
            _lock.Dispose();
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

    private static (BudgetedGarnet Server, int Port) StartServer(string directory, string password, ILoggerFactory loggers)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            BudgetedGarnet? server = null;
            try
            {
                server = CreateServer(GarnetArguments.For(directory, port, password), loggers);
                server.Open();
                return (server, port);
            }
            catch (SocketException) when (attempt < StartAttempts)
            {
                // Somebody took the port between the probe and the bind.
                server?.Close();
            }
        }
    }

    private static BudgetedGarnet CreateServer(string[] arguments, ILoggerFactory loggers)
    {
        // The listeners belong to the process: two servers in it must not look at the list while the other changes it.
        lock (Creating)
        {
            var listeners = Trace.Listeners.Cast<TraceListener>().ToHashSet();
            try
            {
                return new BudgetedGarnet(arguments, new GarnetLoggerFactory(loggers));
            }
            finally
            {
                // Its constructor makes every trace of the whole process appear on the console.
                foreach (var added in Trace.Listeners.Cast<TraceListener>().Where(listener => !listeners.Contains(listener)).ToList())
                    Trace.Listeners.Remove(added);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
