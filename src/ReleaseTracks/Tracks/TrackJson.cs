using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Tracks;

/// <summary>Reads and writes tracks, disclosures and organisations.</summary>
public static class TrackJson
{
    public static Track? Read(JsonInput input)
    {
        var before = input.Errors.Count;
        if (!input.RequireObject("key", "name", "optIn", "disclosure", "objectives", "playbook", "limits", "cohortPercent"))
            return null;
        var key = FeatureJson.ReadTrack(input.Member("key"));
        var ai = key == TrackKey.Ai;
        var optIn = input.Member("optIn").Flag(missing: ai);
        if (ai && !optIn)
            input.Member("optIn").Fail("The ai track is opt-in only: set true.");
        if (ai && input.Member("disclosure").IsMissing)
            input.Member("disclosure").Fail("The ai track needs a disclosure: {\"version\":1,\"text\":\"what AI does\"}.");
        var track = new Track
        {
            Key = key ?? TrackKey.Stable,
            Name = input.Member("name").OptionalString(100) ?? key?.Wire() ?? "",
            OptIn = optIn,
            Disclosure = ReadDisclosure(input.Member("disclosure")),
            Objectives = ObjectiveJson.ReadAll(input.Member("objectives"), 20),
            Playbook = [.. input.Member("playbook").Items(50).Select(step => step.RequiredString(1000))],
            Limits = TrackLimitsJson.Read(input.Member("limits"), key ?? TrackKey.Stable),
            CohortPercent = ReadCohort(input.Member("cohortPercent"), key),
        };
        return input.Errors.Count == before ? track : null;
    }

    private static double ReadCohort(JsonInput input, TrackKey? track)
    {
        var percent = input.Number() ?? 0;
        if (percent is < 0 or > 100)
            input.Fail("Must be from 0 to 100.");
        else if (percent > 0 && track is not TrackKey.Innovative)
            input.Fail("Only the innovative track can have a cohort; ai is opt-in only, stable needs none.");
        return percent;
    }

    public static Disclosure? ReadDisclosure(JsonInput input)
    {
        if (input.IsMissing || !input.RequireObject("version", "text", "uri"))
            return null;
        var version = input.Member("version").Whole();
        if (version is null or < 1 or > int.MaxValue)
            input.Member("version").Fail("Must be a whole number from 1, raised whenever the text changes.");
        var uri = input.Member("uri").OptionalString(2000);
        if (uri is { Length: > 0 } && !(Uri.TryCreate(uri, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http"))
            input.Member("uri").Fail("Must be an absolute http or https address.");
        return new((int)(version is >= 1 and <= int.MaxValue ? version : 1), input.Member("text").RequiredString(10_000), uri);
    }

    public static Organisation? ReadOrganisation(JsonInput input)
    {
        var before = input.Errors.Count;
        if (!input.RequireObject("id", "ceiling"))
            return null;
        var id = input.Member("id").RequiredString(200);
        var ceiling = FeatureJson.ReadTrack(input.Member("ceiling"));
        return input.Errors.Count == before ? new(id, ceiling!.Value) : null;
    }

    public static void Write(Utf8JsonWriter json, Track track)
    {
        json.WriteStartObject();
        WriteMembers(json, track);
        json.WriteEndObject();
    }

    /// <summary>The members alone, so that the API can add the live ones to the same object.</summary>
    public static void WriteMembers(Utf8JsonWriter json, Track track)
    {
        json.WriteString("key", track.Key.Wire());
        json.WriteString("name", track.Name);
        json.WriteBoolean("optIn", track.OptIn);
        WriteDisclosure(json, track.Disclosure);
        ObjectiveJson.WriteAll(json, track.Objectives);
        json.WriteStartArray("playbook");
        foreach (var step in track.Playbook)
            json.WriteStringValue(step);
        json.WriteEndArray();
        json.WritePropertyName("limits");
        TrackLimitsJson.Write(json, track.Limits);
        json.WriteNumber("cohortPercent", track.CohortPercent);
    }

    public static void WriteDisclosure(Utf8JsonWriter json, Disclosure? disclosure)
    {
        if (disclosure is null)
            return;
        json.WriteStartObject("disclosure");
        json.WriteNumber("version", disclosure.Version);
        json.WriteString("text", disclosure.Text);
        if (disclosure.Uri is { Length: > 0 } uri)
            json.WriteString("uri", uri);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, Organisation organisation)
    {
        json.WriteStartObject();
        json.WriteString("id", organisation.Id);
        json.WriteString("ceiling", organisation.Ceiling.Wire());
        json.WriteEndObject();
    }
}
