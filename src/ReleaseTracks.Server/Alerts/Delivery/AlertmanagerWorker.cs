using ReleaseTracks.Alerts;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>
/// What holds now, said again before an Alertmanager would forget it, and once more with its end when it no longer holds.
/// If nobody is left to say so, the end that was last named comes by itself.
/// </summary>
internal sealed class AlertmanagerWorker(DestinationModel model, DeliveryTools tools) : DestinationWorker(model, tools)
{
    public static readonly TimeSpan SayAgain = TimeSpan.FromMinutes(1);

    /// <summary>Long enough for another server to take over and say it again.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(5);

    protected override async Task<bool> StepAsync(DeliveryState before, LeaseToken lease, CancellationToken cancel)
    {
        var (now, holds) = (Tools.Time.GetUtcNow(), AlertmanagerAlert.Of(Tools.Snapshots.Current, Destination.Events));
        var ended = before.Told.ExceptBy(holds.Select(alert => alert.LabelKey), alert => alert.LabelKey, StringComparer.Ordinal).ToArray();
        var news = ended.Length + holds.ExceptBy(before.Told.Select(alert => alert.LabelKey), alert => alert.LabelKey, StringComparer.Ordinal).Count();
        var isDue = news > 0 || (holds.Count > 0 && !(now - before.LastSuccessAt < SayAgain));
        if (!isDue || !await HoldsAsync(lease))
            return false;
        var result = await Tools.Sender.SendAlertsAsync(Destination, [.. holds.Select(alert => (alert, now + Lasts)), .. ended.Select(alert => (alert, now))], cancel);
        now = Tools.Time.GetUtcNow();
        await ConcludeAsync(lease, result, result.IsDelivered
            ? before.Succeeded(now) with { Told = [.. holds] }
            : before.Failed(now, result, Math.Max(news, 1), before.OldestAt ?? now, Random.Shared.NextDouble()));
        return false;
    }
}
