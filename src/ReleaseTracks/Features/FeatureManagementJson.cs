using System.Text.Json;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Features;

/// <summary>
/// Features as flags of Microsoft.FeatureManagement (schema v2), with inheritance, rollbacks and kills resolved: a track
/// is a group, a split is by percentile and so by the same bucket. Users without a group get what Stable gets. A flag is
/// enabled while its variant is true (boolean features) or is not the fallback (others).
/// </summary>
public static class FeatureManagementJson
{
    public static void WriteMembers(Utf8JsonWriter json, IEnumerable<FeatureModel> features)
    {
        json.WriteStartObject("feature_management");
        json.WriteArray("feature_flags", features, Write);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, FeatureModel feature)
    {
        json.WriteStartObject();
        json.WriteString("id", feature.Config.Key);
        json.WriteString("display_name", feature.Config.Name);
        json.WriteBoolean("enabled", !feature.Switches.Killed);
        if (!feature.Switches.Killed)
        {
            json.WriteArray("variants", feature.Config.Variants, (writer, variant) => WriteVariant(writer, feature.Config, variant));
            if (feature.SplitsDiffer)
                WriteByServed(json, feature);
            else
                WriteByTrack(json, feature);
        }

        json.WriteEndObject();
    }

    private static void WriteVariant(Utf8JsonWriter json, Feature feature, Variant variant)
    {
        var on = variant.Value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? variant.Value.ValueKind == JsonValueKind.True
            : variant.Name != feature.Fallback;
        json.WriteStartObject();
        json.WriteString("name", variant.Name);
        json.WritePropertyName("configuration_value");
        variant.Value.WriteTo(json);
        json.WriteString("status_override", on ? "Enabled" : "Disabled");
        json.WriteEndObject();
    }

    /// <summary>Users carry the group of what they are served; whoever carries none gets what Stable gives to somebody unknown.</summary>
    private static void WriteByServed(Utf8JsonWriter json, FeatureModel feature)
    {
        json.WriteStartObject("allocation");
        json.WriteString("default_when_enabled", feature.Served(TrackKey.Stable).WithoutTargetingKey.Variant!.Name);
        json.WriteArray("group", feature.Config.Variants, (writer, variant) => WriteGroup(writer, variant.Name, [TargetingGroups.Served(feature.Config.Key, variant.Name)]));
        json.WriteEndObject();
    }

    private static void WriteByTrack(Utf8JsonWriter json, FeatureModel feature)
    {
        var stable = feature.Served(TrackKey.Stable);
        var others = TrackKeys.All.Where(track => !stable.ServesAs(feature.Served(track))).ToArray();
        var split = TrackKeys.All.Select(feature.Served).FirstOrDefault(served => served.IsSplit);
        var filtered = split is not null && !stable.IsSplit;
        // Where only higher tracks are split, the flag is enabled for these alone: the percentile would catch everybody.
        if (filtered)
            WriteFilter(json, others);
        json.WriteStartObject("allocation");
        json.WriteString("default_when_enabled", stable.IsSplit || filtered ? feature.Config.Fallback : stable.Only.Variant!.Name);
        if (filtered)
            json.WriteString("default_when_disabled", stable.Only.Variant!.Name);
        var groups = others.Where(track => !feature.Served(track).IsSplit)
            .GroupBy(track => feature.Served(track).Only.Variant!.Name, TargetingGroups.Of, StringComparer.Ordinal)
            .Select(group => (Variant: group.Key, Groups: group.AsEnumerable()));
        if (stable.IsSplit)
            groups = groups.Append((feature.Config.Fallback, [TargetingGroups.Nobody]));
        json.WriteArray("group", groups, (writer, group) => WriteGroup(writer, group.Variant, group.Groups));
        if (split is not null)
            json.WriteArray("percentile", split.Ranges, WriteRange);
        json.WriteEndObject();
    }

    private static void WriteFilter(Utf8JsonWriter json, IEnumerable<TrackKey> tracks)
    {
        json.WriteStartObject("conditions");
        json.WriteStartArray("client_filters");
        json.WriteStartObject();
        json.WriteString("name", "Microsoft.Targeting");
        json.WriteStartObject("parameters");
        json.WriteStartObject("Audience");
        json.WriteArray("Groups", tracks, (writer, track) =>
        {
            writer.WriteStartObject();
            writer.WriteString("Name", TargetingGroups.Of(track));
            writer.WriteNumber("RolloutPercentage", 100);
            writer.WriteEndObject();
        });
        json.WriteNumber("DefaultRolloutPercentage", 0);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteGroup(Utf8JsonWriter json, string variant, IEnumerable<string> groups)
    {
        json.WriteStartObject();
        json.WriteString("variant", variant);
        json.WriteStrings("groups", groups);
        json.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter json, BucketRange range)
    {
        json.WriteStartObject();
        json.WriteString("variant", range.Result.Variant!.Name);
        json.WriteNumber("from", range.From);
        json.WriteNumber("to", range.To);
        json.WriteEndObject();
    }
}
