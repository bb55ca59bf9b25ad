using System.Text.Json;
using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>Reads and writes the changes of a plan.</summary>
public static class ChangeJson
{
    /// <summary>
    /// Reads one change against the state it will be applied to, which settles what was left open (releases that
    /// stay as they are). Null when something is wrong; the errors say what.
    /// </summary>
    public static Change? Read(JsonInput input, Snapshot state)
    {
        var before = input.Errors.Count;
        if (!input.RequireObject())
            return null;
        var op = input.Member("op").RequiredString(63);
        Change? change = op switch
        {
            "feature.put" => Checked(input, ["op", "feature"]) ? ReadFeature(input.Member("feature"), state) : null,
            "feature.archive" => Checked(input, ["op", "feature"]) ? new Change.FeatureArchive(Key(input)) : null,
            "feature.revive" => Checked(input, ["op", "feature"]) ? new Change.FeatureRevive(Key(input)) : null,
            "release.set" => Checked(input, ["op", "feature", "track", "allocation"]) ? ReadRelease(input, state) : null,
            "release.remove" => Checked(input, ["op", "feature", "track"]) && Track(input) is { } track
                ? new Change.ReleaseRemove(Key(input), track) : null,
            "rollback.clear" => Checked(input, ["op", "feature", "track"]) && Track(input) is { } track
                ? new Change.RollbackClear(input.Member("feature").IsMissing ? null : Key(input), track) : null,
            "track.put" => Checked(input, ["op", "track"]) && TrackJson.Read(input.Member("track")) is { } track
                ? new Change.TrackPut(track) : null,
            "organisation.put" => Checked(input, ["op", "organisation"]) && TrackJson.ReadOrganisation(input.Member("organisation")) is { } organisation
                ? new Change.OrganisationPut(organisation) : null,
            "destination.put" => Checked(input, ["op", "destination"]) && DestinationJson.Read(input.Member("destination")) is { } destination
                ? new Change.DestinationPut(destination) : null,
            "destination.remove" => Checked(input, ["op", "destination"]) ? new Change.DestinationRemove(DestinationJson.ReadKey(input.Member("destination"))) : null,
            _ => Unknown(input, op),
        };
        return input.Errors.Count == before ? change : null;
    }

    public static void Write(Utf8JsonWriter json, Change change)
    {
        json.WriteStartObject();
        json.WriteString("op", change.Op);
        switch (change)
        {
            case Change.FeaturePut put:
                json.WritePropertyName("feature");
                FeatureJson.Write(json, put.Feature);
                break;
            case Change.FeatureArchive archive:
                json.WriteString("feature", archive.Feature);
                break;
            case Change.FeatureRevive revive:
                json.WriteString("feature", revive.Feature);
                break;
            case Change.ReleaseSet set:
                json.WriteString("feature", set.Feature);
                json.WriteString("track", set.Track.Wire());
                json.WritePropertyName("allocation");
                FeatureJson.WriteAllocation(json, set.Allocation);
                break;
            case Change.ReleaseRemove remove:
                json.WriteString("feature", remove.Feature);
                json.WriteString("track", remove.Track.Wire());
                break;
            case Change.RollbackClear clear:
                if (clear.Feature is not null)
                    json.WriteString("feature", clear.Feature);
                json.WriteString("track", clear.Track.Wire());
                break;
            case Change.TrackPut put:
                json.WritePropertyName("track");
                TrackJson.Write(json, put.Track);
                break;
            case Change.OrganisationPut put:
                json.WritePropertyName("organisation");
                TrackJson.Write(json, put.Organisation);
                break;
            case Change.DestinationPut put:
                json.WritePropertyName("destination");
                DestinationJson.Write(json, put.Destination);
                break;
            case Change.DestinationRemove remove:
                json.WriteString("destination", remove.Destination);
                break;
        }

        json.WriteEndObject();
    }

    private static Change? ReadFeature(JsonInput input, Snapshot state)
    {
        var key = input.Member("key").Element;
        var existing = key.ValueKind == JsonValueKind.String && Text.TryRead(key, out var text) ? state.Find(text) : null;
        return FeatureJson.Read(input, existing?.Config) is { } feature ? new Change.FeaturePut(feature) : null;
    }

    private static Change? ReadRelease(JsonInput input, Snapshot state)
    {
        var key = Key(input);
        var variants = state.Find(key)?.Config.Variants ?? [];
        var allocation = FeatureJson.ReadAllocation(input.Member("allocation"), variants);
        return Track(input) is { } track ? new Change.ReleaseSet(key, track, allocation) : null;
    }

    private static bool Checked(JsonInput input, ReadOnlySpan<string> known) => input.RequireObject(known);

    private static string Key(JsonInput input) => FeatureJson.ReadKey(input.Member("feature"));

    private static TrackKey? Track(JsonInput input) => FeatureJson.ReadTrack(input.Member("track"));

    private static Change? Unknown(JsonInput input, string op)
    {
        if (op.Length > 0)
        {
            input.Member("op").Fail(
                "Unknown change; known are feature.put, feature.archive, feature.revive, release.set, release.remove, "
                + "rollback.clear, track.put, organisation.put, destination.put and destination.remove.");
        }

        return null;
    }
}
