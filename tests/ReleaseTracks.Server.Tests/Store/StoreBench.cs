using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Store;

public enum Backend
{
    Garnet,
    Redis,
    Cluster,
}

/// <summary>Every store on one connection.</summary>
public sealed class StoreBench : IAsyncDisposable
{
    private StoreBench(StoreConnection connection)
    {
        Connection = connection;
        Signals = new StoreSignals(connection, NullLogger<StoreSignals>.Instance);
        Ledger = new LedgerStore(connection);
        Enrollments = new EnrollmentStore(connection, Signals);
        Outcomes = new OutcomeStore(connection);
        Slis = new SliStore(connection);
        Guard = new GuardStore(connection);
        Leases = new LeaseStore(connection);
        Feedback = new FeedbackStore(connection);
    }

    public StoreConnection Connection { get; }

    public StoreSignals Signals { get; }

    public LedgerStore Ledger { get; }

    public EnrollmentStore Enrollments { get; }

    public OutcomeStore Outcomes { get; }

    public SliStore Slis { get; }

    public GuardStore Guard { get; }

    public LeaseStore Leases { get; }

    public FeedbackStore Feedback { get; }

    public static Task<StoreBench> EmbeddedAsync(string dataPath) => StartAsync(new StoreOptions { DataPath = dataPath });

    public static Task<StoreBench> RedisAsync(string connectionString) => StartAsync(new StoreOptions { Redis = connectionString });

    public async ValueTask DisposeAsync()
    {
        Signals.Dispose();
        await Connection.DisposeAsync();
    }

    private static async Task<StoreBench> StartAsync(StoreOptions options)
    {
        var connection = new StoreConnection(Options.Create(options), NullLoggerFactory.Instance, TimeProvider.System);
        await connection.StartAsync(TestContext.Current.CancellationToken);
        var bench = new StoreBench(connection);
        await bench.Signals.StartAsync();
        return bench;
    }
}

/// <summary>One server of each kind for all contract tests, which run one after the other and start empty.</summary>
public sealed class StoreServers : IAsyncLifetime
{
    private readonly TemporaryDirectory _data = new();
    private RedisServer? _redis;
    private StoreBench? _embedded;
    private int _stores;
    private StoreBench? _configured;
    private RedisCluster? _cluster;
    private StoreBench? _clustered;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _configured = await StoreBench.RedisAsync(_redis.ConnectionString);
        _cluster = await RedisCluster.StartAsync();
        _clustered = await StoreBench.RedisAsync(_cluster.ConnectionString);
    }

    public async Task<StoreBench> EmptyAsync(Backend backend)
    {
        if (backend is Backend.Garnet)
            return await AnotherAsync();
        var bench = backend is Backend.Redis ? _configured! : _clustered!;
        foreach (var server in bench.Connection.Multiplexer.GetServers())
            await server.ExecuteAsync("FLUSHDB");
        return bench;
    }

    /// <summary>FLUSHDB stands still for ever (Garnet 2.2.8) when the log went on over the end of a page since the last one.</summary>
    private async Task<StoreBench> AnotherAsync()
    {
        if (_embedded is not null)
            await _embedded.DisposeAsync();
        return _embedded = await StoreBench.EmbeddedAsync(Directory.CreateDirectory(Path.Combine(_data.Path, $"{++_stores}")).FullName);
    }

    public async ValueTask DisposeAsync()
    {
        // Whatever was started goes, also when the start of the next one failed.
        foreach (var started in new IAsyncDisposable?[] { _embedded, _configured, _redis, _clustered, _cluster })
        {
            if (started is not null)
                await started.DisposeAsync();
        }
        _data.Dispose();
    }
}

[CollectionDefinition(nameof(StoreServers))]
public sealed class StoreCollection : ICollectionFixture<StoreServers>;
