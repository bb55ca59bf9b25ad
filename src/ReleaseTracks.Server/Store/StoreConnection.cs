using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// The one connection to the store, embedded or configured. Commands fail at once while there is no connection
/// (evaluation goes on from the snapshot and must not wait), and after 5 s when an answer does not come.
/// </summary>
public sealed partial class StoreConnection(
    IOptions<StoreOptions> options, ILoggerFactory loggers, TimeProvider time) : IAsyncDisposable
{
    private const int EmbeddedTimeoutMilliseconds = 30_000;
    private readonly ILogger _logger = loggers.CreateLogger<StoreConnection>();
    private readonly SemaphoreSlim _starting = new(1, 1);
    private EmbeddedGarnet? _garnet;
    private EmbeddedReopening? _reopening;
    private ConnectionMultiplexer? _multiplexer;
    private long _lostAtTicks;

    /// <summary>Raised after the connection was lost and came back, perhaps twice; anything may have changed meanwhile.</summary>
    public event Action? Restored;

    public event Action? Lost;

    /// <summary>The connection that signals come over is gone. In a cluster everything else may go on as before.</summary>
    public event Action? SubscriptionLost;

    public bool IsEmbedded => options.Value.IsEmbedded;

    internal EmbeddedGarnet? Embedded => _garnet;

    public IConnectionMultiplexer Multiplexer =>
        _multiplexer ?? throw new InvalidOperationException("The store is not started: await StoreConnection.StartAsync first.");

    public DateTimeOffset Now => time.GetUtcNow();

    internal Task DelayAsync(TimeSpan delay, CancellationToken cancel) => Task.Delay(delay, time, cancel);

    public IDatabase Database => _reopening is { UnderWay: not null }
        ? throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, CommandFlags.None, "The embedded store is being opened again.")
        : Multiplexer.GetDatabase();

    public ISubscriber Subscriber => Multiplexer.GetSubscriber();

    /// <summary>What this server does to acknowledged writes; unknown until a server was reached.</summary>
    public Durability Durability { get; private set; } = Durability.Unknown;

    /// <summary>'1' where scripts must keep a redo log (see <see cref="RedoLog"/>).</summary>
    internal RedisValue RedoFlag => IsEmbedded ? "1" : "0";

    /// <summary>Starts the embedded store, if any, and connects. A configured server may be down: it is retried for ever.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _starting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_multiplexer is not null)
                return;
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(await ConfigureAsync().ConfigureAwait(false)).ConfigureAwait(false);
            if (_garnet is { } garnet)
            {
                await RedoLog.ReplayAsync(multiplexer.GetDatabase()).ConfigureAwait(false);
                // The data directory is ours alone, so a lease in it belongs to a process that is gone.
                await multiplexer.GetDatabase().KeyDeleteAsync(StoreKeys.ControlLease).ConfigureAwait(false);
                if (garnet.HasLongLog)
                    garnet.Checkpoint();
                _reopening = new(garnet, multiplexer, time, _logger, AfterRestoreAsync);
                _reopening.LookAtLength();
            }

            multiplexer.ConnectionFailed += OnFailed;
            multiplexer.ConnectionRestored += OnRestored;
            _multiplexer = multiplexer;
            await ProbeAsync().ConfigureAwait(false);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>Null while connected, otherwise what is wrong, for the health endpoint and the wall.</summary>
    public string? DescribeFault()
    {
        if (_multiplexer is not { } multiplexer)
            return "The store is not started yet.";
        if (_reopening is { UnderWay: { } underWay })
            return $"The embedded store {underWay}. Nothing can be changed until then; evaluation goes on from the last snapshot.";
        // Of a cluster the others may well answer: nothing can be changed without the one that has the ledger.
        if (IsPrimaryConnected(multiplexer.GetServers(), StoreKeys.Ledger))
            return null;
        var where = string.Join(", ", multiplexer.GetEndPoints().Select(endpoint => endpoint.ToString()));
        var since = Interlocked.Read(ref _lostAtTicks) is var ticks and > 0
            ? $" since {new DateTimeOffset(ticks, TimeSpan.Zero):yyyy-MM-ddTHH:mm:ssZ}"
            : "";
        return $"No connection to the store at {where}{since}. Nothing can be changed; evaluation goes on from the last snapshot.";
    }

    public async ValueTask DisposeAsync()
    {
        if (_reopening is { } reopening)
            await reopening.DisposeAsync().ConfigureAwait(false);
        if (_multiplexer is { } multiplexer)
            await multiplexer.DisposeAsync().ConfigureAwait(false);
        _garnet?.Dispose();
        _starting.Dispose();
    }

    private async Task<ConfigurationOptions> ConfigureAsync()
    {
        if (IsEmbedded)
            _garnet ??= await EmbeddedGarnet.StartAsync(options.Value.DataPath, loggers).ConfigureAwait(false);
        var configuration = _garnet is { } garnet
            ? new ConfigurationOptions { EndPoints = { { "127.0.0.1", garnet.Port } }, Password = garnet.Password }
            : ConfigurationOptions.Parse(options.Value.Redis!);
        configuration.AbortOnConnectFail = false;
        // In this process there is no network to be lost, only a machine that is busy.
        if (IsEmbedded)
            configuration.AsyncTimeout = EmbeddedTimeoutMilliseconds;
        // Only a check in the client, and CONFIG GET is behind it.
        configuration.AllowAdmin = true;
        configuration.ClientName = "releasetracks";
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ReconnectRetryPolicy = new LinearRetry(1000);
        configuration.LoggerFactory = loggers;
        return configuration;
    }

    private static bool IsPrimaryConnected(IServer[] servers, RedisKey key)
    {
        var connected = servers.Where(server => server is { IsConnected: true, IsReplica: false }).ToArray();
        return connected.FirstOrDefault(server => server.ClusterConfiguration is not null)?.ClusterConfiguration is { } cluster
            ? connected.Any(server => server.EndPoint.Equals(cluster.GetBySlot(key)?.EndPoint))
            : connected.Length > 0;
    }

    private async Task ProbeAsync()
    {
        Durability = IsEmbedded ? Durability.Embedded : await DurabilityProbe.RunAsync(Multiplexer).ConfigureAwait(false);
        if (Durability.Warning is { } warning)
            Log.NotDurable(_logger, warning);
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs args)
    {
        if (args.ConnectionType != ConnectionType.Interactive)
        {
            SubscriptionLost?.Invoke();
            return;
        }

        Interlocked.CompareExchange(ref _lostAtTicks, time.GetUtcNow().UtcTicks, 0);
        Log.ConnectionLost(_logger, args.FailureType);
        Lost?.Invoke();
        _reopening?.Begin();
    }

    private void OnRestored(object? sender, ConnectionFailedEventArgs args)
    {
        // Signals have a connection of their own, and what they missed is only known once that one is back.
        if (_reopening is { UnderWay: not null })
            return;
        if (args.ConnectionType == ConnectionType.Interactive)
            _ = AfterRestoreAsync();
        else
            Restored?.Invoke();
    }

    private async Task AfterRestoreAsync()
    {
        try
        {
            Interlocked.Exchange(ref _lostAtTicks, 0);
            Log.ConnectionRestored(_logger);
            // It may be another server now, or the same one with another configuration.
            await ProbeAsync().ConfigureAwait(false);
            Restored?.Invoke();
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException or TimeoutException)
        {
            Log.ProbeFailed(_logger, exception);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Lost the connection to the store ({Reason})")]
        public static partial void ConnectionLost(ILogger logger, ConnectionFailureType reason);

        [LoggerMessage(LogLevel.Information, "The connection to the store is back")]
        public static partial void ConnectionRestored(ILogger logger);

        [LoggerMessage(LogLevel.Warning, "{Warning}")]
        public static partial void NotDurable(ILogger logger, string warning);

        [LoggerMessage(LogLevel.Warning, "The store came back but did not answer")]
        public static partial void ProbeFailed(ILogger logger, Exception exception);
    }
}
