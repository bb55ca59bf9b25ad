using ReleaseTracks.Alerts;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>What all workers share.</summary>
internal sealed record DeliveryTools(
    SnapshotHolder Snapshots, LedgerStore Ledger, LedgerMirror Mirror, LeaseStore Leases, AlertStore Store, AlertSender Sender, AlertMetrics Metrics,
    TimeProvider Time, ILogger Logger);

/// <summary>
/// Delivers to one destination, one try after the other, as long as this server leads. What was heard is written down
/// after it was heard, by whoever holds the lease: a crash between the two says it twice, never not at all.
/// </summary>
internal abstract partial class DestinationWorker(DestinationModel model, DeliveryTools tools) : IDisposable
{
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource ended = new();
    private Task running = Task.CompletedTask;
    private DateTimeOffset heldUpUntil;
    private volatile DeliveryState? state;

    public static DestinationWorker Of(DestinationModel model, DeliveryTools tools) =>
        model.Config.Kind == DestinationKind.Webhook ? new WebhookWorker(model, tools) : new AlertmanagerWorker(model, tools);

    /// <summary>Null until it was read.</summary>
    public DeliveryState? State => state;

    protected DestinationModel Model { get; private set; } = model;

    protected Destination Destination => Model.Config;

    protected DeliveryTools Tools => tools;

    /// <summary>Same key, same beginning, same kind: what was remembered goes on.</summary>
    public bool IsFor(DestinationModel other) => Model.Since == other.Since && Destination.Kind == other.Config.Kind;

    /// <summary>Begins what is due, unless it is busy. Returns at once.</summary>
    public void Start(DestinationModel current, LeaseToken lease)
    {
        var now = tools.Time.GetUtcNow();
        if (!running.IsCompleted || now < heldUpUntil)
            return;
        Model = current;
        if (state is { } known && (now < known.NextAttemptAt && known.Tried == current.Revision))
            return;
        running = Task.Run(() => RunAsync(lease, ended.Token));
    }

    public Task EndAsync()
    {
        ended.Cancel();
        return running;
    }

    public void Dispose() => ended.Dispose();

    /// <returns>Whether to go on at once.</returns>
    protected abstract Task<bool> StepAsync(DeliveryState before, LeaseToken lease, CancellationToken cancel);

    protected async Task<bool> HoldsAsync(LeaseToken lease) => tools.Mirror.Refusal is null && await tools.Leases.HoldsAsync(lease);

    protected async Task<bool> SaveAsync(LeaseToken lease, DeliveryState next)
    {
        next = next with { Tried = Model.Revision };
        if (!await tools.Store.WriteAsync(lease, Destination.Key, next.Write()))
            return false;
        state = next;
        return true;
    }

    /// <summary>Writes down how a try went; false if that was the end for now.</summary>
    protected async Task<bool> ConcludeAsync(LeaseToken lease, DeliveryResult result, DeliveryState next)
    {
        tools.Metrics.Count(Destination.Key, result);
        if (!result.IsDelivered)
            Log.NotDelivered(tools.Logger, Destination.Key, next.Failures, result.Detail);
        return await SaveAsync(lease, next) && result.IsDelivered;
    }

    private async Task RunAsync(LeaseToken lease, CancellationToken cancel)
    {
        try
        {
            state ??= await LoadAsync();
            if (tools.Time.GetUtcNow() < state.NextAttemptAt && state.Tried == Model.Revision)
                return;
            while (!cancel.IsCancellationRequested && await StepAsync(state, lease, cancel))
            {
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
        catch (Exception failed)
        {
            // Most likely the store is away: what was written is not known, so it is read again.
            state = null;
            heldUpUntil = tools.Time.GetUtcNow() + AfterFault;
            Log.HeldUp(tools.Logger, Destination.Key, failed);
        }
    }

    /// <summary>Whoever begins does not wait out what another waited for: most restarts are made to put something right.</summary>
    private async Task<DeliveryState> LoadAsync()
    {
        var stored = DeliveryState.Read(await tools.Store.ReadAsync(Destination.Key));
        return stored is { } known && known.Since == Model.Since
            ? known with { NextAttemptAt = null }
            : new() { Since = Model.Since, Cursor = Model.Since };
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The destination {Destination} did not take an alert ({Failures} in a row): {Detail}")]
        public static partial void NotDelivered(ILogger logger, string destination, int failures, string detail);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Delivery to {Destination} is held up")]
        public static partial void HeldUp(ILogger logger, string destination, Exception cause);
    }
}
