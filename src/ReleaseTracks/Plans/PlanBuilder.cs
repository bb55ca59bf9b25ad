using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Features;
using ReleaseTracks.Ledger;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>Makes the immutable plan out of a draft: diff, exposure, blast radius, inverse, hash.</summary>
public static class PlanBuilder
{
    /// <summary>Users per track (<paramref name="enrolled"/>) are for the blast radius only.</summary>
    public static Plan Build(
        PlanDraft draft, string id, Actor author, IReadOnlyDictionary<TrackKey, long> enrolled, DateTimeOffset now, TimeSpan lifetime)
    {
        var exposure = Exposure.Compare(draft.Before, draft.After);
        var document = Json.Object(json =>
        {
            json.WriteString("id", id);
            json.WriteString("title", draft.Title);
            json.WriteString("reason", draft.Reason);
            json.WriteArray("changes", draft.Changes, ChangeJson.Write);
            json.WriteNumber("baseRevision", draft.Before.Revision);
            json.WriteString("exposure", exposure.Effect.ToString().ToLowerInvariant());
            WriteDiff(json, draft);
            WriteBlastRadius(json, exposure, enrolled);
            json.WriteStartArray("rules");
            json.WriteEndArray();
            json.WriteNumber("approvalsNeeded", 0);
            json.WriteArray("inverse", Inverse.Of(draft), ChangeJson.Write);
            json.WriteActor("author", author);
            json.WriteString("createdAt", Json.Time(now));
            json.WriteString("expiresAt", Json.Time(now + lifetime));
        });
        return Read(document);
    }

    /// <summary>Takes the typed parts out of a document and computes its hash; for new plans and for the ledger's.</summary>
    /// <exception cref="LedgerFormatException">The document is not a plan.</exception>
    public static Plan Read(JsonElement document)
    {
        var errors = new InputErrors();
        var input = new JsonInput(document, "plan", errors);
        if (!input.IsObject)
            throw new LedgerFormatException("plan", "not an object");
        var author = input.Member("author");
        // Against the empty state: the changes are complete, and what they name may be gone by now.
        var changes = input.Member("changes").Items(int.MaxValue).Select(item => ChangeJson.Read(item, Snapshot.Empty)).ToArray();
        var plan = new Plan
        {
            Id = input.Member("id").RequiredString(100),
            Document = document.Clone(),
            Hash = Hash(document),
            Changes = [.. changes.OfType<Change>()],
            BaseRevision = input.Member("baseRevision").Whole() ?? 0,
            Author = new(author.Member("kind").RequiredString(100), author.Member("id").RequiredString(200), author.Member("method").RequiredString(100)),
            CreatedAt = Time(input.Member("createdAt")),
            ExpiresAt = Time(input.Member("expiresAt")),
        };
        return errors.Any ? throw new LedgerFormatException(errors.All[0].Path, errors.All[0].Message) : plan;
    }

    private static DateTimeOffset Time(JsonInput input)
    {
        if (!Json.TryParseTime(input.RequiredString(40), out var at))
            input.Fail("Must be a UTC time with seven fraction digits and Z.");
        return at;
    }

    /// <summary>SHA-256 of the canonical bytes (RFC 8785), in hex.</summary>
    public static string Hash(JsonElement document) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(CanonicalJson.Write(document)));

    private static void WriteDiff(Utf8JsonWriter json, PlanDraft draft) => json.WriteArray("diff", draft.Resources, (writer, resource) =>
    {
        writer.WriteStartObject();
        writer.WriteString("resource", resource);
        writer.WritePropertyName("before");
        WriteResource(writer, draft.Before, resource);
        writer.WritePropertyName("after");
        WriteResource(writer, draft.After, resource);
        writer.WriteEndObject();
    });

    private static void WriteResource(Utf8JsonWriter json, Snapshot state, string resource)
    {
        var (kind, id) = (resource[..resource.IndexOf('/', StringComparison.Ordinal)], resource[(resource.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        if (kind == "feature" && state.FindUnarchived(id) is { } feature)
        {
            json.WriteStartObject();
            FeatureJson.WriteMembers(json, feature.Config);
            json.WriteBoolean("killed", feature.Switches.Killed);
            json.WriteStrings("rolledBack", feature.Switches.RolledBack.Keys.Select(track => track.Wire()));
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
        else
        {
            json.WriteNullValue();
        }
    }

    /// <summary>
    /// Users newly exposed, at most: enrolled users of a track times the share for whom something rises. Shares of
    /// several features on one track overlap in unknown ways, so the largest counts, not the sum.
    /// </summary>
    private static void WriteBlastRadius(Utf8JsonWriter json, Exposure exposure, IReadOnlyDictionary<TrackKey, long> enrolled)
    {
        var perTrack = exposure.Shares.Where(share => share.Raised > 0)
            .GroupBy(share => share.Track)
            .Select(group => (Track: group.Key, Percent: group.Max(share => share.Raised)))
            .OrderBy(row => row.Track)
            .Select(row => (row.Track, row.Percent, Users: (long)Math.Ceiling(enrolled.GetValueOrDefault(row.Track) * row.Percent / 100)))
            .ToArray();
        json.WriteStartObject("blastRadius");
        json.WriteNumber("users", perTrack.Sum(row => row.Users));
        json.WriteArray("tracks", perTrack, (writer, row) =>
        {
            writer.WriteStartObject();
            writer.WriteString("track", row.Track.Wire());
            writer.WriteNumber("users", row.Users);
            writer.WriteNumber("percent", row.Percent);
            writer.WriteEndObject();
        });
        json.WriteNumber("percent", perTrack.Length == 0 ? 0 : perTrack.Max(row => row.Percent));
        json.WriteEndObject();
    }
}
