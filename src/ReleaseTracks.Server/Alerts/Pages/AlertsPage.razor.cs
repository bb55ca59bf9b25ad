using System.Collections.Immutable;
using ReleaseTracks.Alerts;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Alerts.Delivery;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Alerts.Pages;

/// <summary>Where alerts go and how delivery stands. Changes are proposed as plans; a test is sent at once.</summary>
public sealed partial class AlertsPage(DeliveryStates states, AlertSender sender, PageCaller caller)
{
    private readonly Dictionary<string, DeliveryResult> tested = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, byte[]> stored = new Dictionary<string, byte[]>();
    private ImmutableArray<DestinationModel> models = [];
    private Destination? changing;
    private Change? planned;
    private string fault = "";
    private int failing;
    private bool isRead;
    private bool busy;

    private bool Disabled => busy || !RendererInfo.IsInteractive;

    protected override async Task<bool> ReadAsync()
    {
        try
        {
            stored = await states.ReadAsync();
            fault = fault == StoreAway ? "" : fault;
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            fault = StoreAway;
        }

        // Last, so that nothing is drawn as never sent while how delivery stands is still on its way.
        (models, isRead) = ([.. State.ActiveDestinations], true);
        failing = models.Count(model => DeliveryState.Of(model, stored) is { Failures: > 0 });
        return true;
    }

    private async Task TestAsync(DestinationModel model)
    {
        // Two quick presses are one.
        if (busy)
            return;
        (busy, fault) = (true, "");
        tested.Remove(model.Config.Key);
        try
        {
            if (await caller.ForAsync(Policies.Act) is null)
                fault = "Your role may look, but not send: ask a product manager or an SRE.";
            else
                tested[model.Config.Key] = await sender.SendTestAsync(model.Config, Snapshots.Current, CancellationToken.None);
        }
        finally
        {
            busy = false;
        }
    }

    private void Plan(Change change) => planned = change;

    private string TitleOf(Change change) => change switch
    {
        Change.DestinationRemove remove => $"Send no more alerts to {remove.Destination}",
        Change.DestinationPut put when models.Any(model => model.Config.Key == put.Destination.Key) => $"Change where alerts go: {put.Destination.Key}",
        Change.DestinationPut put => $"Send alerts to {put.Destination.Key}",
        _ => "Change where alerts go",
    };

    private const string StoreAway = "The store does not answer: how delivery stands is as of before.";
}
