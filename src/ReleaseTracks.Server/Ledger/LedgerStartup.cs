using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// Connects the store, reads the ledger, and on a first start opens it and installs the three tracks. Afterwards it
/// keeps this server up with what others append: on their signal, after a reconnect, and every few seconds in case
/// both were missed.
/// </summary>
public sealed partial class LedgerStartup(
    StoreConnection connection,
    LedgerMirror mirror,
    LedgerService ledger,
    LedgerSigner signer,
    SnapshotHolder snapshots,
    StoreSignals signals,
    TimeProvider time,
    ILogger<LedgerStartup> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim wake = new(0, 1);
    private bool isOpen;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await connection.StartAsync(cancellationToken);
        await mirror.LoadAsync(cancellationToken);
        await OpenAsync(cancellationToken);
        signals.RevisionPublished += OnRevision;
        signals.MayHaveMissed += Wake;
        await signals.StartAsync();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await ledger.CatchUpAsync(stoppingToken);
                await OpenAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed)
            {
                Log.CatchUpFailed(logger, failed);
            }
        }
    }

    public override void Dispose()
    {
        signals.RevisionPublished -= OnRevision;
        signals.MayHaveMissed -= Wake;
        wake.Dispose();
        base.Dispose();
    }

    /// <summary>What every ledger begins with, and this server's key: at the start, or once a ledger that was refused is whole again.</summary>
    private async Task OpenAsync(CancellationToken cancel)
    {
        if (isOpen || mirror.Refusal is not null)
            return;
        await AppendAsync(Open, cancel);
        await AppendAsync(InstallTracks, cancel);
        await AppendAsync(AddKey, cancel);
        isOpen = true;
    }

    private async Task WaitAsync(CancellationToken cancel)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var signalled = wake.WaitAsync(either.Token);
        await Task.WhenAny(signalled, Task.Delay(LookEvery, time, either.Token));
        await either.CancelAsync();
        await signalled.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
    }

    private void OnRevision(long revision)
    {
        if (revision > snapshots.Current.Revision)
            Wake();
    }

    private void Wake()
    {
        try
        {
            if (wake.CurrentCount == 0)
                wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two signals at once: one wake-up serves both.
        }
    }

    private Task AppendAsync(Func<Snapshot, EntryDraft?> decide, CancellationToken cancel) =>
        ledger.AppendAsync(new(ActorKinds.System, "server", "first-start"), decide, cancel);

    private EntryDraft? Open(Snapshot state) => state.Revision > 0 ? null : new(EntryTypes.LedgerOpened, Json.Object(json =>
    {
        json.WriteString("origin", signer.Origin);
        json.WriteString("vkey", signer.VerifierKey.ToString());
    }));

    private static EntryDraft? InstallTracks(Snapshot state) => !state.Tracks.IsEmpty ? null : new(EntryTypes.DefaultsInstalled, Json.Object(json =>
        json.WriteArray("changes", DefaultTracks.All.Select(track => new Change.TrackPut(track)), ChangeJson.Write)));

    private EntryDraft? AddKey(Snapshot state) => state.LedgerKeys.Contains(signer.VerifierKey.ToString(), StringComparer.Ordinal)
        ? null
        : new(EntryTypes.LedgerKeyAdded, Json.Object(json => json.WriteString("vkey", signer.VerifierKey.ToString())));

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Could not read on in the ledger; trying again shortly")]
        public static partial void CatchUpFailed(ILogger logger, Exception cause);
    }
}
