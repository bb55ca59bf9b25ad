using Prometheus;
using ReleaseTracks.Server.Alerts.Delivery;

namespace ReleaseTracks.Server.Alerts;

/// <summary>Delivery on <c>/metrics</c> of the server that leads.</summary>
public sealed class AlertMetrics(IMetricFactory metrics)
{
    private readonly Counter deliveries = metrics.CreateCounter(
        "releasetracks_alert_deliveries_total", "Tries to deliver an alert, by how they ended.", ["destination", "result"]);

    private readonly Gauge oldest = metrics.CreateGauge(
        "releasetracks_alert_oldest_undelivered_seconds", "How long the oldest alert has been waiting; 0 when none is.", ["destination"]);

    public void Count(string destination, DeliveryResult result) => deliveries.WithLabels(destination, result.Result).Inc();

    public void Show(string destination, TimeSpan waiting)
    {
        // From 0 on, so that the first failure is seen as a rise.
        foreach (var result in DeliveryResult.All)
            deliveries.WithLabels(destination, result);
        oldest.WithLabels(destination).Set(waiting.TotalSeconds);
    }

    public void Forget(string destination)
    {
        foreach (var result in DeliveryResult.All)
            deliveries.RemoveLabelled(destination, result);
        oldest.RemoveLabelled(destination);
    }
}
