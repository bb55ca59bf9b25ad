using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>
/// Objectives as OpenSLO v1 documents, one SLO each. What OpenSLO has no word for stands in annotations, all of them
/// always, so that reading the documents back gives the same objectives.
/// </summary>
public static class OpenSloWriter
{
    private static readonly (string Unit, TimeSpan Length)[] Units =
        [("d", TimeSpan.FromDays(1)), ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1))];

    /// <summary>Errors name the objectives that OpenSLO cannot say; then the list is not complete.</summary>
    public static IReadOnlyList<JsonElement> Write(IReadOnlyList<ScopedObjective> objectives, InputErrors errors)
    {
        var (documents, names) = (new List<JsonElement>(), OpenSloNames.For(objectives));
        for (var i = 0; i < objectives.Count; i++)
        {
            var (one, name) = (objectives[i], names[i]);
            if (Duration(one.Objective.Window) is { } duration)
                documents.Add(Json.Object(json => Write(json, one, name, duration)));
            else
                errors.Add($"{one.Resource}.objectives.{one.Objective.Id}.window", $"{Durations.Format(one.Objective.Window)} cannot be said in OpenSLO: choose whole minutes.");
        }

        return documents;
    }

    /// <summary>A whole number of one unit is all that OpenSLO has.</summary>
    private static string? Duration(TimeSpan window) => Units
        .Where(unit => window.Ticks % unit.Length.Ticks == 0)
        .Select(unit => string.Create(CultureInfo.InvariantCulture, $"{window.Ticks / unit.Length.Ticks}{unit.Unit}"))
        .FirstOrDefault();

    private static void Write(Utf8JsonWriter json, ScopedObjective one, string name, string duration)
    {
        var objective = one.Objective;
        json.WriteString("apiVersion", OpenSloNames.Version);
        json.WriteString("kind", OpenSloNames.Slo);
        json.WriteStartObject("metadata");
        json.WriteString("name", name);
        json.WriteStartObject("annotations");
        foreach (var (annotation, value) in Annotations(one))
        {
            if (value is not null)
                json.WriteString(annotation, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("spec");
        json.WriteString("description", Description(one));
        json.WriteString("service", one.Track is { } track ? $"track-{track.Wire()}" : one.Feature);
        WriteIndicator(json, name, objective.Source ?? OpenSloQueries.Standard(one.Track, one.Feature, objective.Indicator, objective.TotalFrom));
        json.WriteArray("timeWindow", [duration], (writer, text) =>
        {
            writer.WriteStartObject();
            writer.WriteString("duration", text);
            writer.WriteBoolean("isRolling", true);
            writer.WriteEndObject();
        });
        json.WriteString("budgetingMethod", OpenSloNames.Occurrences);
        json.WriteArray("objectives", [objective.Target], (writer, target) =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("target", target);
            writer.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static (string Name, string? Value)[] Annotations(ScopedObjective one) =>
    [
        (OpenSloNames.Track, one.Track?.Wire()),
        (OpenSloNames.Feature, one.Feature),
        (OpenSloNames.Id, one.Objective.Id),
        (OpenSloNames.Indicator, one.Objective.Indicator.Wire()),
        (OpenSloNames.OnBreach, one.Objective.OnBreach is { } action ? ObjectiveJson.Wire(action) : null),
        (OpenSloNames.Alpha, Number(one.Objective.Alpha)),
        (OpenSloNames.Margin, Number(one.Objective.Margin)),
        (OpenSloNames.SharedOutage, ObjectiveJson.Wire(one.Objective.SharedOutage)),
        (OpenSloNames.MinBudgetSpent, Number(one.Objective.MinBudgetSpent)),
        (OpenSloNames.TotalFrom, one.Objective.TotalFrom?.Wire()),
    ];

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Description(ScopedObjective one) =>
        $"{(one.Track is { } track ? $"Every feature on the {track.Wire()} track" : $"The feature {one.Feature} on every track")}."
        + (one.Objective.Source is null ? " The queries count every variant; ReleaseTracks judges a feature's other variants against its fallback." : "");

    private static void WriteIndicator(Utf8JsonWriter json, string name, ObjectiveSource source)
    {
        json.WriteStartObject("indicator");
        json.WriteStartObject("metadata");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteStartObject("spec");
        json.WriteStartObject("ratioMetric");
        json.WriteBoolean("counter", true);
        WriteQuery(json, source.Good is null ? "bad" : "good", source.Good ?? source.Bad!);
        WriteQuery(json, "total", source.Total);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteQuery(Utf8JsonWriter json, string name, string query)
    {
        json.WriteStartObject(name);
        json.WriteStartObject("metricSource");
        json.WriteString("type", OpenSloNames.Prometheus);
        json.WriteStartObject("spec");
        json.WriteString("query", query);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
