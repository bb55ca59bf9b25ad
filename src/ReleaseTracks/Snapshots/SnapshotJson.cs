using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Snapshots;

/// <summary>A snapshot that was read, and the features in it that this version cannot evaluate.</summary>
public sealed record SnapshotReading(Snapshot Snapshot, ImmutableArray<InputError> Skipped);

/// <summary>
/// What a client needs of a snapshot to evaluate by itself. Reading is lenient where that is safe: members of a newer
/// server are passed over, and a feature that cannot be read is left out instead of taking the others with it.
/// </summary>
public static class SnapshotJson
{
    private const int MostItems = 1_000_000;

    public static void WriteMembers(Utf8JsonWriter json, Snapshot state)
    {
        json.WriteNumber("revision", state.Revision);
        json.WriteString("origin", state.Origin);
        json.WriteString("at", Json.Time(state.At));
        json.WriteArray("tracks", state.Tracks.Values, (writer, track) => TrackJson.Write(writer, track.Config));
        json.WriteArray("features", state.Served, WriteFeature);
        // No organisation, no ceiling: only those that have one are told.
        json.WriteArray("organisations", state.Organisations.Values.Where(one => one.Ceiling < TrackKey.Ai).OrderBy(one => one.Id, StringComparer.Ordinal), WriteOrganisation);
    }

    /// <exception cref="FormatException">It is no snapshot, or its tracks cannot be read; the message says where.</exception>
    public static SnapshotReading Read(JsonElement root)
    {
        var errors = new InputErrors();
        var input = new JsonInput(root, "", errors);
        var revision = input.Member("revision").Whole() ?? 0;
        if (revision < 1)
            input.Member("revision").Fail("Must be a whole number from 1.");
        var origin = input.Member("origin").RequiredString(200);
        _ = Json.TryParseTime(input.Member("at").OptionalString(63) ?? "", out var at);
        var tracks = input.Member("tracks").Items(TrackKeys.Count).Select(item => TrackJson.Read(Known(item, "key", "name", "optIn", "disclosure", "cohortPercent"))).OfType<Track>().ToArray();
        var organisations = input.Member("organisations").Items(MostItems)
            .Select(item => TrackJson.ReadOrganisation(Known(item, "id", "ceiling"))).OfType<Organisation>().ToArray();
        if (tracks.Length != TrackKeys.Count)
            input.Member("tracks").Fail("Must be the three tracks.");
        if (input.Member("features").Element.ValueKind != JsonValueKind.Array)
            input.Member("features").Fail("Must be an array.");
        if (errors.Any)
            throw new FormatException($"{Text.Shown(errors.All[0].Path)}: {errors.All[0].Message}");
        var skipped = ImmutableArray.CreateBuilder<InputError>();
        var features = ReadFeatures(root.GetProperty("features"), revision, skipped);
        return new(
            Snapshot.Empty with
            {
                Revision = revision,
                At = at,
                Origin = origin,
                Tracks = tracks.ToImmutableSortedDictionary(track => track.Key, track => new TrackModel(track, revision)),
                Features = features,
                Organisations = organisations.ToImmutableDictionary(one => one.Id, StringComparer.Ordinal),
            },
            skipped.ToImmutable());
    }

    private static void WriteFeature(Utf8JsonWriter json, FeatureModel feature)
    {
        json.WriteStartObject();
        FeatureJson.WriteMembers(json, feature.Config);
        json.WriteBoolean("killed", feature.Switches.Killed);
        json.WriteStrings("rolledBack", feature.Switches.RolledBack.Keys.Select(track => track.Wire()));
        json.WriteEndObject();
    }

    private static void WriteOrganisation(Utf8JsonWriter json, Organisation organisation)
    {
        json.WriteStartObject();
        json.WriteString("id", organisation.Id);
        json.WriteString("ceiling", organisation.Ceiling.Wire());
        json.WriteEndObject();
    }

    private static ImmutableSortedDictionary<string, FeatureModel> ReadFeatures(
        JsonElement items, long revision, ImmutableArray<InputError>.Builder skipped)
    {
        var features = ImmutableSortedDictionary.CreateBuilder<string, FeatureModel>(StringComparer.Ordinal);
        var index = 0;
        foreach (var item in items.EnumerateArray())
        {
            var errors = new InputErrors();
            var input = new JsonInput(item, $"features[{index++}]", errors);
            var feature = FeatureJson.Read(Known(input, "key", "name", "owner", "ai", "variants", "fallback", "disclosure", "releases"), null);
            var switches = FeatureSwitches.None with
            {
                // A reason that is not told is still a reason.
                KilledReason = input.Member("killed").Flag() ? "" : null,
                RolledBack = input.Member("rolledBack").Items(TrackKeys.Count).Select(FeatureJson.ReadTrack).OfType<TrackKey>()
                    .Distinct().ToImmutableSortedDictionary(track => track, _ => ""),
            };
            if (feature is not null && !errors.Any)
                features[feature.Key] = new(feature, revision, switches);
            else
                skipped.Add(errors.All[0]);
        }

        return features.ToImmutable();
    }

    /// <summary>The same object with only these members, and of its disclosure only what this version knows.</summary>
    private static JsonInput Known(JsonInput input, params string[] names)
    {
        if (!input.IsObject)
            return input;
        var kept = Json.Object(json =>
        {
            foreach (var member in input.Members().Where(member => names.Contains(member.Name, StringComparer.Ordinal)))
            {
                json.WritePropertyName(member.Name);
                (member.Name == "disclosure" ? Known(member.Value, "version", "text", "uri") : member.Value).Element.WriteTo(json);
            }
        });
        return new(kept, input.Path, input.Errors);
    }
}
