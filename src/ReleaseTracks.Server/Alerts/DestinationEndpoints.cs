using System.Text.Json;
using ReleaseTracks.Alerts;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Alerts.Delivery;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Alerts;

public static class DestinationEndpoints
{
    public static void MapAlerts(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/destinations").WithTags("Alerts");
        group.MapGet("", List).RequireAuthorization(Policies.View)
            .WithSummary("Where alerts go, and how delivery stands. Destinations are changed by plan.");
        group.MapPost("{key}/test", Test).RequireAuthorization(Policies.Act)
            .WithSummary("Sends a test event to one destination, at once and once, and says how it went.");
    }

    private static async Task<JsonAnswer> List(SnapshotHolder snapshots, AlertStore store)
    {
        var stored = await store.ReadAllAsync();
        return JsonAnswer.Array(
            snapshots.Current.Destinations.Values.Where(one => !one.IsRemoved),
            (json, model) => Write(json, model, DeliveryState.Of(model, stored)));
    }

    private static async Task<IResult> Test(string key, HttpContext http, SnapshotHolder snapshots, AlertSender sender)
    {
        if (snapshots.Current.Destinations.GetValueOrDefault(key) is not { IsRemoved: false } model)
            return Problems.NotFound("destination");
        var result = await sender.SendTestAsync(model.Config, snapshots.Current, http.RequestAborted);
        return JsonAnswer.Object(json =>
        {
            json.WriteBoolean("delivered", result.IsDelivered);
            json.WriteString("result", result.Result);
            json.WriteString("detail", result.Detail);
        });
    }

    private static void Write(Utf8JsonWriter json, DestinationModel model, DeliveryState? state)
    {
        json.WriteStartObject();
        DestinationJson.WriteMembers(json, model.Config);
        json.WriteNumber("revision", model.Revision);
        json.WriteOptional("lastSuccessAt", state?.LastSuccessAt);
        json.WriteOptional("lastFailureAt", state?.LastFailureAt);
        json.WriteString("lastFailure", state?.LastFailure);
        json.WriteNumber("failures", state?.Failures ?? 0);
        json.WriteNumber("waiting", state?.Waiting ?? 0);
        json.WriteOptional("oldestWaitingSince", state?.OldestAt);
        json.WriteOptional("nextAttemptAt", state?.NextAttemptAt);
        json.WriteEndObject();
    }
}
