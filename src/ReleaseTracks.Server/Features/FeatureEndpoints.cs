using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features;

public static class FeatureEndpoints
{
    public static void MapFeatures(this IEndpointRouteBuilder routes)
    {
        var features = routes.MapGroup("/api/v1/features").WithTags("Features").RequireAuthorization(Policies.View);
        features.MapGet("", List).WithSummary("Features with what each track serves and its live verdict.");
        features.MapGet("/{key}", Get).WithSummary("One feature.");
    }

    private static JsonAnswer List(SnapshotHolder snapshots, BudgetBoard board) =>
        JsonAnswer.Array(snapshots.Current.Served, (json, feature) => Write(json, feature, board));

    private static IResult Get(string key, SnapshotHolder snapshots, BudgetBoard board) =>
        snapshots.Current.FindServed(key) is { } feature ? new JsonAnswer(json => Write(json, feature, board)) : Problems.NotFound("feature");

    private static void Write(Utf8JsonWriter json, FeatureModel feature, BudgetBoard board)
    {
        json.WriteStartObject();
        FeatureJson.WriteMembers(json, feature.Config);
        json.WriteNumber("revision", feature.Revision);
        json.WriteBoolean("killed", feature.Switches.Killed);
        if (feature.Switches.KilledReason is { Length: > 0 } reason)
            json.WriteString("killedReason", reason);
        json.WriteArray("tracks", TrackKeys.All, (writer, track) => WriteTrack(writer, feature, track, board));
        json.WriteEndObject();
    }

    private static void WriteTrack(Utf8JsonWriter json, FeatureModel feature, TrackKey track, BudgetBoard board)
    {
        var served = feature.Served(track);
        json.WriteStartObject();
        json.WriteString("track", track.Wire());
        json.WriteString("releasedOn", served.From?.Wire());
        json.WriteString("state", feature.Switches.Killed ? "killed"
            : served.From is { } from && feature.IsRolledBack(from) ? "rolled-back"
            : served.From is null ? "not-released" : "released");
        json.WriteString("rollback", feature.Switches.RolledBack.GetValueOrDefault(track));
        json.WriteArray("serves", served.Ranges, (writer, range) =>
        {
            writer.WriteStartObject();
            writer.WriteString("variant", range.Result.Variant?.Name);
            writer.WriteNumber("percent", range.To - range.From);
            writer.WriteEndObject();
        });
        json.WriteString("verdict", board.VerdictOf(feature.Config.Key, track)?.Wire());
        json.WriteEndObject();
    }
}
