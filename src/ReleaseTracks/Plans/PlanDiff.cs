using System.Text.Json;
using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>
/// Each touched resource before and after, whole. A feature also says what every bucket of every track is served, so
/// that whoever approves reads the outcome, and reading back has something to compare with.
/// </summary>
public static class PlanDiff
{
    public const string Serves = "serves";

    public static void Write(Utf8JsonWriter json, Snapshot before, Snapshot after, IEnumerable<string> resources) =>
        json.WriteArray("diff", resources, (writer, resource) =>
        {
            writer.WriteStartObject();
            writer.WriteString("resource", resource);
            writer.WritePropertyName("before");
            WriteResource(writer, before, resource);
            writer.WritePropertyName("after");
            WriteResource(writer, after, resource);
            writer.WriteEndObject();
        });

    /// <summary>One resource as a state has it; null if it is not there.</summary>
    public static void WriteResource(Utf8JsonWriter json, Snapshot state, string resource)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        var (kind, id) = (resource[..slash], resource[(slash + 1)..]);
        if (kind == "feature" && state.FindUnarchived(id) is { } feature)
        {
            json.WriteStartObject();
            FeatureJson.WriteMembers(json, feature.Config);
            json.WriteBoolean("killed", feature.Switches.Killed);
            json.WriteStrings("rolledBack", feature.Switches.RolledBack.Keys.Select(track => track.Wire()));
            WriteServes(json, feature);
            json.WriteEndObject();
        }
        else if (kind == "track" && TrackKeys.TryParse(id, out var key) && state.Tracks.GetValueOrDefault(key) is { } track)
        {
            json.WriteStartObject();
            TrackJson.WriteMembers(json, track.Config);
            json.WriteBoolean("closed", track.ClosedBy is not null);
            json.WriteEndObject();
        }
        else if (kind == "organisation" && state.Organisations.GetValueOrDefault(id) is { } organisation)
        {
            TrackJson.Write(json, organisation);
        }
        else if (kind == "destination" && state.Destinations.GetValueOrDefault(id) is { IsRemoved: false } destination)
        {
            DestinationJson.Write(json, destination.Config);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static void WriteServes(Utf8JsonWriter json, FeatureModel feature)
    {
        json.WriteStartObject(Serves);
        foreach (var track in TrackKeys.All)
        {
            json.WriteArray(track.Wire(), feature.Served(track).Ranges, (writer, range) =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("to", range.To);
                writer.WriteString("variant", range.Result.Variant?.Name);
                writer.WriteEndObject();
            });
        }

        json.WriteEndObject();
    }
}
