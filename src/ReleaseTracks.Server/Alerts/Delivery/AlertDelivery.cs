using System.Threading.Channels;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>
/// Keeps one worker for each destination while this server leads, and looks every second, and after every change, what is
/// due. It never waits for one: a slow destination holds up neither the others nor the control loop.
/// </summary>
public sealed partial class AlertDelivery : BackgroundService
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, DestinationWorker> workers = new(StringComparer.Ordinal);
    private readonly DeliveryTools tools;
    private readonly ControlLeader leader;
    private readonly AlertMetrics metrics;

    public AlertDelivery(
        SnapshotHolder snapshots, LedgerStore ledger, LedgerMirror mirror, LeaseStore leases, AlertStore store, AlertSender sender, AlertMetrics metrics,
        ControlLeader leader, TimeProvider time, ILogger<AlertDelivery> logger)
    {
        tools = new(snapshots, ledger, mirror, leases, store, sender, metrics, time, logger);
        (this.leader, this.metrics) = (leader, metrics);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = tools.Time.CreateTimer(_ => Signal(), null, LookEvery, LookEvery);
        using var changes = tools.Snapshots.Subscribe(_ => Signal());
        try
        {
            while (await signals.Reader.WaitToReadAsync(stoppingToken))
            {
                signals.Reader.TryRead(out _);
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        finally
        {
            await Task.WhenAll(workers.Keys.ToArray().Select(EndAsync));
        }
    }

    private void Signal() => signals.Writer.TryWrite(true);

    private async Task LookAsync()
    {
        try
        {
            var (state, lease) = (tools.Snapshots.Current, leader.Held);
            foreach (var key in workers.Keys.Where(key => lease is null || !IsStill(key, state)).ToArray())
            {
                await EndAsync(key);
                if (lease is not null && state.Destinations[key].IsRemoved)
                    await tools.Store.ForgetAsync(lease, key);
            }

            if (lease is not null)
                Start(state, lease);
        }
        catch (Exception failed)
        {
            Log.Failed(tools.Logger, failed);
        }
    }

    private bool IsStill(string key, Snapshot state) =>
        state.Destinations.TryGetValue(key, out var model) && !model.IsRemoved && workers[key].IsFor(model);

    private void Start(Snapshot state, LeaseToken lease)
    {
        var now = tools.Time.GetUtcNow();
        foreach (var (key, model) in state.Destinations.Where(one => !one.Value.IsRemoved))
        {
            if (!workers.TryGetValue(key, out var worker))
                worker = workers[key] = DestinationWorker.Of(model, tools);
            worker.Start(model, lease);
            metrics.Show(key, worker.State?.OldestAt is { } oldest && oldest < now ? now - oldest : TimeSpan.Zero);
        }
    }

    private async Task EndAsync(string key)
    {
        if (!workers.Remove(key, out var worker))
            return;
        metrics.Forget(key);
        await worker.EndAsync();
        worker.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Looking for alerts to deliver failed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception cause);
    }
}
