using System.Text.Json;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Flagd;

/// <summary>
/// A snapshot as flagd flag definitions (flagd.dev/schema/v0/flags.json): who is on which track is the caller's context
/// attribute <c>track</c>, a split is <c>fractional</c>. Inheritance, rollbacks and kills are resolved here already, so an
/// in-process provider needs no rule of ours. Someone without a targeting key gets the fallback where a bucket is needed.
/// </summary>
public static class FlagdDefinitions
{
    /// <summary>Weights are whole numbers there; this many make up 100 %, which resolves 10⁻⁷ %.</summary>
    private const int Whole = 1_000_000_000;

    public static string Write(Snapshot state) => Json.Object(json =>
    {
        json.WriteString("$schema", "https://flagd.dev/schema/v0/flags.json");
        json.WriteStartObject("flags");
        foreach (var feature in state.Served)
            WriteFlag(json, feature);
        json.WriteEndObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("revision", state.Revision);
        json.WriteEndObject();
    }).GetRawText();

    private static void WriteFlag(Utf8JsonWriter json, FeatureModel feature)
    {
        var config = feature.Config;
        json.WriteStartObject(config.Key);
        json.WriteString("state", feature.Switches.Killed ? "DISABLED" : "ENABLED");
        json.WriteStartObject("variants");
        foreach (var variant in config.Variants)
        {
            json.WritePropertyName(variant.Name);
            variant.Value.WriteTo(json);
        }

        json.WriteEndObject();
        json.WriteString("defaultVariant", config.Fallback);
        if (!feature.Switches.Killed)
        {
            json.WritePropertyName("targeting");
            WriteTargeting(json, feature);
        }

        WriteMetadata(json, config);
        json.WriteEndObject();
    }

    /// <summary>The higher tracks by name; whoever names none, or an unknown one, is on Stable.</summary>
    private static void WriteTargeting(Utf8JsonWriter json, FeatureModel feature)
    {
        json.WriteStartObject();
        json.WriteStartArray("if");
        foreach (var track in TrackKeys.All.Where(track => track > TrackKey.Stable).Reverse())
        {
            json.WriteRawValue($$"""{"==":[{"var":"track"},"{{track.Wire()}}"]}""");
            WriteServed(json, feature.Served(track));
        }

        WriteServed(json, feature.Served(TrackKey.Stable));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteServed(Utf8JsonWriter json, ServedRelease served)
    {
        if (served.Ranges.Length == 1)
        {
            json.WriteStringValue(served.Ranges[0].Result.Variant!.Name);
            return;
        }

        json.WriteStartObject();
        json.WriteStartArray("fractional");
        foreach (var range in served.Ranges)
        {
            json.WriteStartArray();
            json.WriteStringValue(range.Result.Variant!.Name);
            // Differences of rounded bounds: they add up to the whole, whatever the weights are.
            json.WriteNumberValue(Bound(range.To) - Bound(range.From));
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static int Bound(double percent) => (int)Math.Round(percent / 100 * Whole);

    private static void WriteMetadata(Utf8JsonWriter json, Feature config)
    {
        json.WriteStartObject("metadata");
        json.WriteBoolean("ai", config.Ai);
        if (config.Disclosure is { } disclosure)
        {
            json.WriteNumber("disclosureVersion", disclosure.Version);
            json.WriteString("disclosureText", disclosure.Text);
            if (disclosure.Uri is { } uri)
                json.WriteString("disclosureUri", uri);
        }

        json.WriteEndObject();
    }
}
