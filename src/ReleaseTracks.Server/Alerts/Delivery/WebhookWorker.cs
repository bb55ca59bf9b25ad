using System.Text.Json;
using ReleaseTracks.Alerts;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>Entries of the ledger, in their order, each until it was taken.</summary>
internal sealed class WebhookWorker(DestinationModel model, DeliveryTools tools) : DestinationWorker(model, tools)
{
    private const int Page = 200;

    protected override async Task<bool> StepAsync(DeliveryState before, LeaseToken lease, CancellationToken cancel)
    {
        // Only what this server has folded: it was checked against what came before.
        var known = Tools.Snapshots.Current;
        if (before.Cursor >= known.Revision || !await HoldsAsync(lease))
            return false;
        var page = await Tools.Ledger.ReadAsync(before.Cursor + 1, (int)Math.Min(Page, known.Revision - before.Cursor));
        var waiting = page.Select(bytes => (Entry: LedgerEntryCodec.Read(bytes), Bytes: bytes)).Where(one => IsWanted(one.Entry)).ToArray();
        if (waiting.Length == 0)
            return page.Count > 0 && await SaveAsync(lease, before with { Cursor = before.Cursor + page.Count });
        var (entry, stored) = waiting[0];
        var result = await Tools.Sender.SendEventAsync(Destination, entry.Id, LedgerEvents.Write(known.Origin, stored), cancel);
        var now = Tools.Time.GetUtcNow();
        return await ConcludeAsync(lease, result, result.IsDelivered
            ? before.Succeeded(now) with { Cursor = entry.Seq }
            : before.Failed(now, result, waiting.Length, entry.At, Random.Shared.NextDouble()));
    }

    private bool IsWanted(LedgerEntry entry) => entry.Type switch
    {
        EntryTypes.RollbackCommitted or EntryTypes.RollbackVerified or EntryTypes.RollbackUnverified => Destination.Events.Contains(AlertEvent.Rollback),
        EntryTypes.AlertRaised or EntryTypes.AlertResolved => entry.Data.TryGetProperty("event", out var which)
            && which.ValueKind == JsonValueKind.String && AlertEvents.Parse(which.GetString()) is { } known && Destination.Events.Contains(known),
        _ => false,
    };
}
