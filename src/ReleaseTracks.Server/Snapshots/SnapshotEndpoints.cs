using System.Globalization;
using ReleaseTracks.Features;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Snapshots;

public static class SnapshotEndpoints
{
    private const string FeatureManagement = "feature-management";

    public static void MapSnapshot(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/snapshot", Get)
        .WithTags("Snapshot").RequireAuthorization(Policies.Evaluate)
        .WithSummary("Everything a client needs to evaluate by itself; the ETag is the revision.");

    private static IResult Get(HttpContext http, SnapshotHolder snapshots, string? format = null)
    {
        if (format is not (null or FeatureManagement))
            return Problems.Invalid("format", $"Leave it out for everything, or ask for {FeatureManagement} (flags in its schema v2).");
        var state = snapshots.Current;
        var tag = $"\"{state.Revision.ToString(CultureInfo.InvariantCulture)}\"";
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch.ToString() == tag)
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return format is null
            ? JsonAnswer.Object(json => SnapshotJson.WriteMembers(json, state))
            : JsonAnswer.Object(json => FeatureManagementJson.WriteMembers(json, state.Served));
    }
}
