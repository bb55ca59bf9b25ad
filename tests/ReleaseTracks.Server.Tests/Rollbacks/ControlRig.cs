using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Prometheus;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>
/// The real control loop on a real store with a scripted source and a clock that moves only when told: everything of
/// the server but HTTP. A second rig on the same store and data path is the same server started again.
/// </summary>
internal sealed class ControlRig : IAsyncDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LeaseTime = TimeSpan.FromMinutes(10);
    private static readonly Actor Someone = new(ActorKinds.Bootstrap, "bootstrap", "token");
    private readonly ServiceProvider services;
    private readonly List<IHostedService> started = [];
    private LeaseToken? lease;
    private bool disposed;

    private ControlRig(ServiceProvider services, FakeTimeProvider time, ScriptedSource source) =>
        (this.services, Time, Source) = (services, time, source);

    public FakeTimeProvider Time { get; }

    public ScriptedSource Source { get; }

    public Snapshot State => Get<SnapshotHolder>().Current;

    public ControlTick Tick => Get<ControlTick>();

    public IReadOnlyList<RollbackRecord> Rollbacks => [.. State.Rollbacks.All];

    public IDatabase Database => Get<StoreConnection>().Database;

    public GuardStore Guards => Get<GuardStore>();

    public static async Task<ControlRig> StartAsync(string dataPath, string redis = "", ControlRig? before = null)
    {
        // Buckets in the store expire by the real clock, so the fake one starts there.
        var now = TimeProvider.System.GetUtcNow();
        var time = before?.Time ?? new FakeTimeProvider(new(now.Ticks - (now.Ticks % TimeSpan.TicksPerMinute), TimeSpan.Zero));
        var source = before?.Source ?? new ScriptedSource(time);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"{StoreOptions.Section}:DataPath"] = dataPath,
            [$"{StoreOptions.Section}:Redis"] = redis,
        }).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<TimeProvider>(time);
        services.AddLogging();
        services.AddHttpFoundations();
        services.AddStore(configuration);
        services.AddSingleton<SnapshotHolder>();
        services.AddLedger(dataPath);
        services.AddPlans(configuration);
        services.AddEnrollments();
        services.AddObjectives(configuration);
        services.AddRollbacks(configuration);
        services.AddAlerts(configuration);
        services.AddSingleton<IOutcomeSource>(source);
        var rig = new ControlRig(services.BuildServiceProvider(), time, source);
        await rig.StartServiceAsync<LedgerStartup>();
        return rig;
    }

    public T Get<T>()
        where T : notnull => services.GetRequiredService<T>();

    public async Task StartServiceAsync<T>()
        where T : IHostedService
    {
        var service = services.GetServices<IHostedService>().OfType<T>().Single();
        started.Add(service);
        await service.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>One interval passes, then one round. True unless the lease was lost.</summary>
    public async Task<bool> TickAsync(TimeSpan? after = null)
    {
        Time.Advance(after ?? Interval);
        return await RoundAsync();
    }

    private async Task<bool> RoundAsync()
    {
        lease ??= await Get<LeaseStore>().TryAcquireAsync("rig", LeaseTime) ?? throw new InvalidOperationException("Somebody else leads.");
        return await Tick.RunAsync(lease, TestContext.Current.CancellationToken);
    }

    /// <summary>As many rounds, each after what <paramref name="traffic"/> reports in its interval.</summary>
    public async Task RunAsync(int rounds, Action traffic)
    {
        for (var i = 0; i < rounds; i++)
        {
            Time.Advance(Interval);
            traffic();
            Assert.True(await RoundAsync());
        }
    }

    /// <summary>Rounds until somebody is rolled back; how many it took.</summary>
    public async Task<int> RunUntilRollbackAsync(Action traffic, int most = 100)
    {
        var before = Rollbacks.Count;
        for (var round = 1; round <= most; round++)
        {
            await RunAsync(1, traffic);
            if (Rollbacks.Count > before)
                return round;
        }

        throw new TimeoutException($"No rollback within {most} rounds.");
    }

    /// <summary>Gives the lease back, as a server does that stops.</summary>
    public async Task LeaveAsync()
    {
        if (lease is { } held)
            await Get<LeaseStore>().ReleaseAsync(held);
        lease = null;
        Tick.Reset();
    }

    public BudgetRow Row(string? feature, string objective = "availability", TrackKey track = TrackKey.Ai) =>
        Get<BudgetBoard>().Rows().Single(row => row.Key == new RowKey(feature, track, objective));

    public bool HasRow(string? feature, string objective = "availability", TrackKey track = TrackKey.Ai) =>
        Get<BudgetBoard>().Rows().Any(row => row.Key == new RowKey(feature, track, objective));

    public bool Exposes(string feature, TrackKey track = TrackKey.Ai) => State.FindUnarchived(feature)!.Exposes(track);

    public Task<RollbackOutcome?> RollBackAsync(string feature, TrackKey track = TrackKey.Ai) =>
        Get<RollbackService>().RollBackAsync(feature, track, "by hand", Someone, TestContext.Current.CancellationToken);

    public Task<RollbackOutcome?> KillAsync(string feature) =>
        Get<RollbackService>().KillAsync(feature, "by hand", Someone, TestContext.Current.CancellationToken);

    /// <summary>Proposes and applies.</summary>
    public async Task ChangeAsync(string changes)
    {
        var (plans, errors) = (Get<PlanService>(), new InputErrors());
        var body = JsonElement.Parse($$"""{"title":"t","reason":"r","changes":{{changes}}}""");
        var plan = await plans.ProposeAsync(body, Someone, errors, TestContext.Current.CancellationToken);
        Assert.Empty(errors.All);
        if (plan!.Plan.ApprovalsNeeded > 0)
            Assert.Null((await plans.ApproveAsync(plan.Plan.Id, plan.Plan.Hash, "", Someone, TestContext.Current.CancellationToken)).Refusal);
        var applied = await plans.ApplyAsync(plan.Plan.Id, plan.Plan.Hash, Someone, TestContext.Current.CancellationToken);
        Assert.True(applied.Done, $"{applied.Rule}: {applied.Detail}");
    }

    /// <summary>AI features that serve "on" to everybody on the ai track; "off" is the fallback.</summary>
    public Task ReleaseAsync(params string[] features) => ChangeAsync($"[{string.Join(',', features.Select(key => Put(key)))}]");

    public static string Put(string key, string releases = """ "ai":[{"variant":"on","weight":100}] """, string objectives = "") =>
        $$$"""
        {"op":"feature.put","feature":{"key":"{{{key}}}","name":"{{{key}}}","owner":"team","ai":true,"variants":{"off":false,"on":true},
        "fallback":"off","disclosure":{"version":1,"text":"AI writes this."},"releases":{ {{{releases}}} },"objectives":[{{{objectives}}}]} }
        """;

    public static string Clear(string? feature, string track = "ai") => feature is null
        ? $$"""[{"op":"rollback.clear","track":"{{track}}"}]"""
        : $$"""[{"op":"rollback.clear","feature":"{{feature}}","track":"{{track}}"}]""";

    /// <summary>The feature's outcomes of one interval on the ai track.</summary>
    public void Send(string feature, long good, long bad, TrackKey track = TrackKey.Ai) => Source.Add(feature, track, "on", good, bad);

    public void SendFallback(string feature, long good, long bad, TrackKey track = TrackKey.Stable) => Source.Add(feature, track, "off", good, bad);

    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        await LeaveAsync();
        foreach (var service in started)
            await service.StopAsync(CancellationToken.None);
        await services.DisposeAsync();
    }
}

/// <summary>One Redis for the control loop's tests, emptied for each.</summary>
public sealed class ControlStore : IAsyncLifetime
{
    private RedisServer? redis;

    public string ConnectionString => redis!.ConnectionString;

    public async ValueTask InitializeAsync() => redis = await RedisServer.StartAsync(appendOnly: true);

    public async Task EmptyAsync()
    {
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{ConnectionString},allowAdmin=true");
        await connection.GetServer(connection.GetEndPoints()[0]).FlushAllDatabasesAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (redis is not null)
            await redis.DisposeAsync();
    }
}

/// <summary>A fresh rig per test.</summary>
[Collection(nameof(ControlStore))]
public abstract class ControlTests(ControlStore store) : IAsyncLifetime
{
    private readonly TemporaryDirectory directory = new();

    internal ControlRig Rig { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await store.EmptyAsync();
        Rig = await ControlRig.StartAsync(directory.Path, store.ConnectionString);
    }

    public async ValueTask DisposeAsync()
    {
        await Rig.DisposeAsync();
        directory.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The same server again, after a crash: only what is in the store and on the disk is left.</summary>
    internal async Task RestartAsync()
    {
        var before = Rig;
        Rig = await ControlRig.StartAsync(directory.Path, store.ConnectionString, before);
        await before.DisposeAsync();
    }

    /// <summary>Another server on the same store, with the same clock and source.</summary>
    internal Task<ControlRig> SecondServerAsync(string dataPath) => ControlRig.StartAsync(dataPath, store.ConnectionString, Rig);
}

[CollectionDefinition(nameof(ControlStore))]
public sealed class ControlStoreCollection : ICollectionFixture<ControlStore>;
