using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>What a plan says beside its changes. Users per track (<see cref="Enrolled"/>) are for the blast radius only.</summary>
public sealed record PlanTerms(string Id, Actor Author, IReadOnlyDictionary<TrackKey, long> Enrolled, DateTimeOffset Now, TimeSpan Lifetime)
{
    /// <summary>The plan of which this one is the same changes on a newer state.</summary>
    public string? Replans { get; init; }
}

/// <summary>Makes the immutable plan out of a draft and what the rules say of it, and computes its hash.</summary>
public static class PlanBuilder
{
    public static Plan Build(PlanDraft draft, PlanJudgement judgement, PlanTerms terms) => Read(Json.Object(json =>
    {
        json.WriteString("id", terms.Id);
        json.WriteString("title", draft.Title);
        json.WriteString("reason", draft.Reason);
        json.WriteArray("changes", draft.Changes, ChangeJson.Write);
        json.WriteNumber("baseRevision", draft.Before.Revision);
        json.WriteString("exposure", judgement.Exposure.Effect.ToString().ToLowerInvariant());
        PlanDiff.Write(json, draft.Before, draft.After, draft.Resources);
        BlastRadius.Write(json, judgement.Exposure, terms.Enrolled);
        json.WriteArray("rules", judgement.Rules, WriteRule);
        json.WriteNumber("approvalsNeeded", judgement.ApprovalsNeeded);
        json.WriteArray("inverse", Inverse.Of(draft), ChangeJson.Write);
        json.WriteActor("author", terms.Author);
        if (terms.Replans is { } replaced)
            json.WriteString("replans", replaced);
        json.WriteString("createdAt", Json.Time(terms.Now));
        json.WriteString("expiresAt", Json.Time(terms.Now + terms.Lifetime));
    }));

    private static void WriteRule(Utf8JsonWriter json, RuleResult result)
    {
        json.WriteStartObject();
        json.WriteString("rule", result.Rule);
        json.WriteString("outcome", result.Outcome.ToString().ToLowerInvariant());
        json.WriteString("detail", result.Detail);
        json.WriteEndObject();
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
            ApprovalsNeeded = (int)Math.Clamp(input.Member("approvalsNeeded").Whole() ?? 0, 0, int.MaxValue),
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
}
