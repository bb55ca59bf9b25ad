using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks;

public static class TrackEndpoints
{
    public static void AddEnrollments(this IServiceCollection services)
    {
        services.AddSingleton<EnrollmentCache>();
        services.AddSingleton<EnrollmentService>();
    }

    public static void MapTracks(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/tracks", List)
        .WithTags("Tracks").RequireAuthorization(Policies.View)
        .WithSummary("The three tracks with their objectives, users and live verdict.");

    private static async Task<JsonAnswer> List(SnapshotHolder snapshots, BudgetBoard board, EnrollmentStore enrollments)
    {
        var users = await enrollments.CountsAsync();
        return JsonAnswer.Array(snapshots.Current.Tracks.Values, (json, track) => Write(json, track, board, users));
    }

    private static void Write(Utf8JsonWriter json, TrackModel track, BudgetBoard board, IReadOnlyDictionary<TrackKey, long> users)
    {
        json.WriteStartObject();
        TrackJson.WriteMembers(json, track.Config);
        json.WriteNumber("revision", track.Revision);
        json.WriteString("closedBy", track.ClosedBy);
        json.WriteNumber("enrolledUsers", users.GetValueOrDefault(track.Config.Key));
        json.WriteString("verdict", board.VerdictOf(null, track.Config.Key)?.Wire());
        json.WriteEndObject();
    }
}
