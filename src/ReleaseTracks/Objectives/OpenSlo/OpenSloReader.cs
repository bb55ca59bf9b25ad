using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>
/// Reads one OpenSLO v1 document as an objective. Whatever would mean something else here than it says there is refused;
/// only texts and labels for people, and annotations of other tools, are let go.
/// </summary>
public static class OpenSloReader
{
    private const int NameLength = 63;
    private const int TextLength = 4000;

    /// <summary>Null when something is wrong; the errors say what and where in the document.</summary>
    public static ScopedObjective? Read(JsonInput document)
    {
        var before = document.Errors.Count;
        if (!IsSlo(document))
            return null;
        var metadata = document.Member("metadata");
        if (!metadata.RequireObject("name", "displayName", "labels", "annotations"))
            return null;
        var name = metadata.Member("name").RequiredString(NameLength);
        var annotations = metadata.Member("annotations");
        CheckAnnotations(annotations);
        var (track, feature) = ReadScope(annotations);
        var spec = OpenSloSpec.Read(document.Member("spec"));
        if (spec is null)
            return null;
        var objective = Build(annotations, metadata.Member("name"), name, spec);
        if (document.Errors.Count != before || objective is null)
            return null;
        var standard = OpenSloQueries.Standard(track, feature, objective.Indicator, objective.TotalFrom);
        return new(track, feature, spec.Says(standard) ? objective with { Source = null } : objective);
    }

    private static bool IsSlo(JsonInput document)
    {
        var before = document.Errors.Count;
        if (!document.IsObject)
        {
            document.RequireObject();
            return false;
        }

        if (document.Member("apiVersion").RequiredString(NameLength) is { Length: > 0 } and not OpenSloNames.Version)
            document.Member("apiVersion").Fail($"Only {OpenSloNames.Version} can be imported: convert the document.");
        if (document.Member("kind").RequiredString(NameLength) is { Length: > 0 } and not OpenSloNames.Slo)
            document.Member("kind").Fail("Only an SLO can be imported: put its indicator into it, and take other documents out of the file.");
        return document.Errors.Count == before && document.RequireObject("apiVersion", "kind", "metadata", "spec");
    }

    private static void CheckAnnotations(JsonInput annotations)
    {
        if (!annotations.IsMissing)
            annotations.RequireObject();
        foreach (var (name, value) in annotations.Members())
        {
            if (name.StartsWith(OpenSloNames.Prefix, StringComparison.Ordinal) && !OpenSloNames.Annotations.Contains(name))
                value.Fail($"Unknown annotation; known here: {string.Join(", ", OpenSloNames.Annotations)}.");
        }
    }

    private static (TrackKey? Track, string? Feature) ReadScope(JsonInput annotations)
    {
        var (track, feature) = (annotations.Member(OpenSloNames.Track), annotations.Member(OpenSloNames.Feature));
        if (track.IsMissing == feature.IsMissing)
        {
            annotations.Fail($"Give exactly one of the annotations {OpenSloNames.Track} and {OpenSloNames.Feature}: whose objective it is.");
            return default;
        }

        return track.IsMissing ? (null, FeatureJson.ReadKey(feature)) : (FeatureJson.ReadTrack(track), null);
    }

    /// <summary>Through the one reader of objectives, so that the same bounds hold; what it finds is shown where it stands here.</summary>
    private static Objective? Build(JsonInput annotations, JsonInput name, string named, OpenSloSpec spec)
    {
        var id = annotations.Member(OpenSloNames.Id);
        Field[] fields =
        [
            id.IsMissing ? new("id", name, named) : Text("id", id),
            Text("indicator", annotations.Member(OpenSloNames.Indicator)),
            new("target", spec.Target.From, spec.Target.Value),
            new("window", spec.Window.From, spec.Window.Text),
            Text("onBreach", annotations.Member(OpenSloNames.OnBreach)),
            Number("alpha", annotations.Member(OpenSloNames.Alpha)),
            Number("margin", annotations.Member(OpenSloNames.Margin)),
            Text("sharedOutage", annotations.Member(OpenSloNames.SharedOutage)),
            Number("minBudgetSpent", annotations.Member(OpenSloNames.MinBudgetSpent)),
            Text("totalFrom", annotations.Member(OpenSloNames.TotalFrom)),
            new(spec.IsGood ? "source.good" : "source.bad", spec.Part.From, spec.Part.Text),
            new("source.total", spec.Total.From, spec.Total.Text),
        ];
        var found = new InputErrors();
        var objective = ObjectiveJson.Read(new(Json.Object(json => Write(json, fields)), "", found));
        foreach (var error in found.All)
            fields.Single(field => field.Path == error.Path).From.Fail(error.Message);
        return objective;
    }

    private static void Write(Utf8JsonWriter json, Field[] fields)
    {
        foreach (var field in fields)
        {
            if (field.Path == fields[^2].Path)
                json.WriteStartObject("source");
            if (field.Value is string text)
                json.WriteString(field.Path[(field.Path.IndexOf('.', StringComparison.Ordinal) + 1)..], text);
            else if (field.Value is double number)
                json.WriteNumber(field.Path, number);
        }

        json.WriteEndObject();
    }

    private static Field Text(string path, JsonInput annotation) => new(path, annotation, annotation.OptionalString(TextLength));

    private static Field Number(string path, JsonInput annotation) => new(path, annotation, ReadNumber(annotation));

    private static double? ReadNumber(JsonInput annotation)
    {
        if (annotation.OptionalString(NameLength) is not { } text)
            return null;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            return number;
        annotation.Fail("Must be a number in quotes, such as \"0.01\".");
        return null;
    }

    /// <summary>One member of an objective, and where it stood in the document.</summary>
    private sealed record Field(string Path, JsonInput From, object? Value);
}
