using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using ReleaseTracks.Access;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Me;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks;

public static class EnrollmentEndpoints
{
    internal const int UserIdLength = 256;

    public static void MapEnrollments(this IEndpointRouteBuilder routes)
    {
        var users = routes.MapGroup("/api/v1/users/{id}").WithTags("Users").AddEndpointFilter(CheckUserId);
        users.MapGet("/enrollment", Get).RequireAuthorization(Policies.Enrol).WithSummary("The user's track, why, and what they get.");
        users.MapPut("/enrollment", Put).RequireAuthorization(Policies.Enrol).WithSummary("Puts the user on a track; ai needs the current disclosure version.");
        users.MapDelete("/enrollment", Leave).RequireAuthorization(Policies.Enrol).WithSummary("Opts out to stable, at once.");
        users.MapGet("/receipts", Receipts).RequireAuthorization(Policies.Enrol).WithSummary("The user's consent history.");
        users.MapPost("/me-ticket", MeEndpoints.Issue).RequireAuthorization(Policies.Evaluate).WithSummary("Opens the user's own AI mode page for 15 minutes, to show inside the product.");
        users.MapDelete("", Erase).RequireAuthorization(Policies.Administer).WithSummary("Erases enrollment and receipts.");
    }

    private static async ValueTask<object?> CheckUserId(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        // Every handler takes the id first.
        var id = UserId(context.HttpContext);
        context.Arguments[0] = id;
        return id.Length is 0 or > UserIdLength || Text.HasControl(id)
            ? Problems.Invalid("id", $"A user id has 1 to {UserIdLength} characters and no control characters.")
            : await next(context);
    }

    /// <summary>
    /// From the raw path: the framework leaves %2F as it is in a route value, so that a/b and a%2Fb would be one user.
    /// </summary>
    private static string UserId(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var segments = target.Split('?')[0].Split('/');
        var users = Array.FindIndex(segments, segment => segment.Equals("users", StringComparison.OrdinalIgnoreCase));
        return users >= 0 && users + 1 < segments.Length ? Uri.UnescapeDataString(segments[users + 1]) : http.GetRouteValue("id") as string ?? "";
    }

    private static async Task<IResult> Get(string id, EnrollmentService enrollments, SnapshotHolder snapshots, string? organisation = null) =>
        Answer(id, await enrollments.GetAsync(id), organisation, snapshots.Current);

    private static async Task<IResult> Put(string id, HttpContext http, EnrollmentService enrollments, SnapshotHolder snapshots)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("track", "disclosureVersion", "organisation"))
            return Problems.Invalid(errors);
        var track = FeatureJson.ReadTrack(input.Member("track"));
        var version = input.Member("disclosureVersion").Whole();
        var organisation = input.Member("organisation").OptionalString(200);
        if (errors.Any)
            return Problems.Invalid(errors);
        // A product speaks for its user; somebody on the team assigns.
        var request = new EnrollmentRequest(track!.Value, http.User.IsInRole(Roles.Sdk), organisation, version is <= int.MaxValue and >= 1 ? (int)version : null);
        return await Change(id, request, http, enrollments, snapshots);
    }

    private static Task<IResult> Leave(string id, HttpContext http, EnrollmentService enrollments, SnapshotHolder snapshots) =>
        Change(id, new(TrackKey.Stable, true, null, null), http, enrollments, snapshots);

    private static async Task<IResult> Change(
        string id, EnrollmentRequest request, HttpContext http, EnrollmentService enrollments, SnapshotHolder snapshots)
    {
        var decision = await enrollments.ChangeAsync(id, request, http.User.Actor());
        return decision.Refusal switch
        {
            null => Answer(id, decision.Enrollment!, request.Organisation, snapshots.Current),
            EnrollmentRefusal.AboveCeiling => Problems.Forbidden("above-ceiling", "The organisation does not allow this track.", decision.Detail),
            EnrollmentRefusal.TrackClosed => Problems.Conflict("track-closed", "The track is closed to newcomers.", decision.Detail),
            _ => Problems.Conflict("disclosure-not-current", "The user has not agreed to the current disclosure.", decision.Detail),
        };
    }

    private static async Task<IResult> Receipts(string id, EnrollmentStore store)
    {
        var receipts = await store.ReceiptsAsync(id);
        return JsonAnswer.Array(receipts, (json, receipt) => json.WriteRawValue(receipt, skipInputValidation: true));
    }

    private static async Task<IResult> Erase(string id, EnrollmentService enrollments)
    {
        await enrollments.EraseAsync(id);
        return TypedResults.NoContent();
    }

    private static JsonAnswer Answer(string id, Enrollment stored, string? organisation, Snapshot state)
    {
        var effective = EnrollmentRules.Effective(state, id, stored, organisation);
        return JsonAnswer.Object(json =>
        {
            json.WriteString("user", id);
            json.WriteString("track", effective.Track.Wire());
            json.WriteString("source", effective.Source.Wire());
            json.WriteOptional("since", effective.Since);
            WriteCeiling(json, state, organisation ?? stored.Organisation);
            if (effective.DisclosureVersion is { } version)
            {
                json.WriteNumber("disclosureVersion", version);
                json.WriteBoolean("disclosureCurrent", state.Tracks.GetValueOrDefault(TrackKey.Ai)?.Config.Disclosure?.Version == version);
            }

            json.WriteArray("features", state.Served, (writer, feature) => WriteFeature(writer, Evaluator.Evaluate(feature, effective.Track, id)));
        });
    }

    private static void WriteCeiling(Utf8JsonWriter json, Snapshot state, string? organisation)
    {
        if (organisation is not null && state.Ceiling(organisation) is var ceiling and not TrackKey.Ai)
            json.WriteString("ceiling", ceiling.Wire());
    }

    private static void WriteFeature(Utf8JsonWriter json, Result result)
    {
        json.WriteStartObject();
        json.WriteString("key", result.Feature.Key);
        json.WriteString("name", result.Feature.Name);
        json.WriteString("variant", result.Variant?.Name);
        json.WriteString("cause", result.Cause.Wire());
        json.WriteBoolean("ai", result.Feature.Ai);
        json.WriteEndObject();
    }
}
