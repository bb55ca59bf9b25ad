using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Rollbacks;

public static class RollbackEndpoints
{
    private const int ReasonLength = 2000;

    public static void MapRollbacks(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api/v1").WithTags("Rollbacks");
        api.MapGet("/rollbacks", List).RequireAuthorization(Policies.View).WithSummary("Rollbacks, newest first.");
        api.MapGet("/rollbacks/{id}", Get).RequireAuthorization(Policies.View).WithSummary("One rollback.");
        api.MapPut("/rollbacks/{id}/playbook/{step:int}", Tick).RequireAuthorization(Policies.Act)
            .WithSummary("Ticks a step of the playbook, or takes the tick back.");
        api.MapPost("/features/{key}/rollback", RollBack).RequireAuthorization(Policies.Act)
            .WithSummary("Serves the fallback on one track, at once and until a plan clears it.");
        api.MapPost("/features/{key}/kill", Kill).RequireAuthorization(Policies.Act)
            .WithSummary("Disables the feature on every track, at once and until a plan revives it.");
    }

    private static IResult List(SnapshotHolder snapshots) =>
        JsonAnswer.Array(snapshots.Current.Rollbacks.All.Reverse(), RollbackJson.WriteLive);

    private static IResult Get(string id, SnapshotHolder snapshots) =>
        snapshots.Current.Rollbacks.Find(id) is { } rollback
            ? new JsonAnswer(json => RollbackJson.WriteLive(json, rollback))
            : Problems.NotFound("rollback");

    private static async Task<IResult> Tick(string id, int step, HttpContext http, RollbackService rollbacks)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        var done = input.RequireObject("done") && input.Member("done").Flag();
        if (input.IsObject && input.Member("done").IsMissing)
            input.Member("done").Fail("Missing: give true or false.");
        if (errors.Any)
            return Problems.Invalid(errors);
        return await rollbacks.TickAsync(id, step, done, http.User.Actor(), http.RequestAborted) is { } rollback
            ? new JsonAnswer(json => RollbackJson.WriteLive(json, rollback))
            : Problems.NotFound("rollback or step");
    }

    private static async Task<IResult> RollBack(string key, HttpContext http, RollbackService rollbacks)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("track", "reason"))
            return Problems.Invalid(errors);
        var track = FeatureJson.ReadTrack(input.Member("track"));
        var reason = input.Member("reason").OptionalString(ReasonLength) ?? "";
        if (errors.Any)
            return Problems.Invalid(errors);
        var outcome = await rollbacks.RollBackAsync(key, track!.Value, reason, http.User.Actor(), http.RequestAborted);
        return outcome is null ? Problems.NotFound("feature") : JsonAnswer.Object(json =>
        {
            json.WriteString("rollbackId", outcome.Id);
            json.WriteNumber("revision", outcome.Revision);
        });
    }

    private static async Task<IResult> Kill(string key, HttpContext http, RollbackService rollbacks)
    {
        var reason = "";
        if (http.Request.ContentLength is not (null or 0) || http.Request.Headers.TransferEncoding.Count > 0)
        {
            var body = await JsonBody.ReadAsync(http.Request);
            if (body.Problem is not null)
                return body.Problem;
            var errors = new InputErrors();
            var input = new JsonInput(body.Root, "", errors);
            if (input.RequireObject("reason"))
                reason = input.Member("reason").OptionalString(ReasonLength) ?? "";
            if (errors.Any)
                return Problems.Invalid(errors);
        }

        var outcome = await rollbacks.KillAsync(key, reason, http.User.Actor(), http.RequestAborted);
        return outcome is null
            ? Problems.NotFound("feature")
            : JsonAnswer.Object(json => json.WriteNumber("revision", outcome.Revision));
    }
}
