using MudBlazor;
using ReleaseTracks.Alerts;
using ReleaseTracks.Server.Alerts.Delivery;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Alerts.Pages;

/// <summary>How delivery to a destination stands, in a word, and what people call its choices.</summary>
public static class DestinationLook
{
    public static StatusLook Of(DeliveryState? state) => state switch
    {
        { Failures: > 0 } => new("Failing", Icons.Material.Filled.Dangerous, Tone.Failed, "The last try did not arrive. It is tried again until it does."),
        { LastSuccessAt: not null } => new("Delivered", Icons.Material.Filled.CheckCircle, Tone.Healthy, "Everything there was to tell has arrived."),
        _ => new("Nothing sent yet", Icons.Material.Outlined.Circle, Tone.Neutral, "There was nothing to tell since it was put."),
    };

    public static string Say(DestinationKind kind) => kind == DestinationKind.Webhook ? "Webhook" : "Alertmanager";

    public static string Say(AlertEvent which) => which switch
    {
        AlertEvent.Rollback => "Rollback",
        AlertEvent.BudgetExhausted => "Budget exhausted",
        AlertEvent.Blind => "Cannot be measured",
        _ => "Shared outage",
    };
}
