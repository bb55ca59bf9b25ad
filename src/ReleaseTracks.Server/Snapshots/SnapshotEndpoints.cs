using System.Globalization;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Snapshots;

public static class SnapshotEndpoints
{
    public static void MapSnapshot(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/snapshot", Get)
        .WithTags("Snapshot").RequireAuthorization(Policies.Evaluate)
        .WithSummary("Everything a client needs to evaluate by itself; the ETag is the revision.");

    private static IResult Get(HttpContext http, SnapshotHolder snapshots)
    {
        var state = snapshots.Current;
        var tag = $"\"{state.Revision.ToString(CultureInfo.InvariantCulture)}\"";
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch.ToString() == tag)
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return JsonAnswer.Object(json =>
        {
            json.WriteNumber("revision", state.Revision);
            json.WriteArray("tracks", state.Tracks.Values, (writer, track) => TrackJson.Write(writer, track.Config));
            json.WriteArray("features", state.Served, (writer, feature) =>
            {
                writer.WriteStartObject();
                FeatureJson.WriteMembers(writer, feature.Config);
                writer.WriteBoolean("killed", feature.Switches.Killed);
                writer.WriteStrings("rolledBack", feature.Switches.RolledBack.Keys.Select(track => track.Wire()));
                writer.WriteEndObject();
            });
        });
    }
}
