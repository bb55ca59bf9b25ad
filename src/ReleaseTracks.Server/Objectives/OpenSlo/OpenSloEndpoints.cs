using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using ReleaseTracks.Objectives.OpenSlo;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Objectives.OpenSlo;

/// <summary>Objectives out and in as OpenSLO v1. What comes in is a plan like any other: proposed, judged by the rules, approved.</summary>
public static class OpenSloEndpoints
{
    private const string Format = "openslo";

    public static void MapOpenSlo(this IEndpointRouteBuilder routes)
    {
        var objectives = routes.MapGroup("/api/v1/objectives").WithTags("Objectives");
        objectives.MapGet("", Export).RequireAuthorization(Policies.View)
            .WithSummary("?format=openslo: every objective of tracks and features as OpenSLO v1, in YAML.");
        objectives.MapPost("", Import).RequireAuthorization(Policies.Propose)
            .WithSummary("?format=openslo: proposes the objectives of an OpenSLO v1 file as a plan; nothing is applied.");
    }

    private static IResult Export(SnapshotHolder snapshots, string? format = null)
    {
        if (format != Format)
            return WrongFormat();
        var errors = new InputErrors();
        var documents = OpenSloWriter.Write([.. ScopedObjective.In(snapshots.Current)], errors);
        if (errors.Any)
            return Problems.Listed(
                StatusCodes.Status409Conflict, "cannot-export", "OpenSLO cannot say every objective.", "Change what `errors` lists by plan, then export again.", errors);
        var yaml = new StringWriter();
        YamlWriter.Write(yaml, documents);
        return TypedResults.Text(yaml.ToString(), "application/yaml", Encoding.UTF8);
    }

    private static async Task<IResult> Import(
        HttpContext http, SnapshotHolder snapshots, PlanService plans, TimeProvider time, string? format = null, string? title = null, string? reason = null)
    {
        if (format != Format)
            return WrongFormat();
        var body = await TextBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var changes = OpenSloImport.Changes(snapshots.Current, YamlReader.Read(body.Text, errors), errors);
        if (errors.Any)
            return Problems.Invalid(errors);
        if (changes.IsEmpty)
            return JsonAnswer.Object(json => json.WriteNull("plan"));
        var plan = await plans.ProposeAsync(title ?? "Objectives from OpenSLO", reason ?? "", changes, http.User.Actor(), errors, http.RequestAborted);
        return plan is null ? Problems.Invalid(errors) : PlanEndpoints.Created(http, plan, time);
    }

    private static ProblemHttpResult WrongFormat() =>
        Problems.Invalid("format", "Give openslo; /api/v1/tracks and /api/v1/features have the objectives in JSON.");
}
