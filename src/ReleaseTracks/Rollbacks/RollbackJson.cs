using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Rollbacks;

/// <summary>Reads and writes a rollback as it stands in the ledger, and writes it as the API gives it.</summary>
public static class RollbackJson
{
    /// <summary>What the ledger keeps: everything known at the commit.</summary>
    public static void WriteMembers(Utf8JsonWriter json, RollbackRecord rollback)
    {
        json.WriteString("id", rollback.Id);
        json.WriteString("scope", rollback.WholeTrack ? "track" : "feature");
        json.WriteStrings("features", rollback.Features);
        json.WriteString("track", Tracks.TrackKeys.Wire(rollback.Track));
        json.WriteString("cause", rollback.Cause.Wire());
        json.WriteString("objective", rollback.Objective);
        json.WriteStrings("reasons", rollback.Reasons);
        WriteEvidence(json, rollback.Evidence);
        WriteCounts(json, rollback.Counts);
        json.WriteOptional("risingSince", rollback.RisingSince);
        json.WriteOptional("provenAt", rollback.ProvenAt);
        RollbackTrailJson.Write(json, rollback.Trail);
        json.WriteArray("ranking", rollback.Ranking, (writer, rank) =>
        {
            writer.WriteStartObject();
            writer.WriteString("feature", rank.Feature);
            writer.WriteNumber("excess", rank.Excess);
            writer.WriteNumber("bad", rank.Bad);
            writer.WriteNumber("total", rank.Total);
            writer.WriteBoolean("rolledBack", rank.RolledBack);
            writer.WriteEndObject();
        });
    }

    public static void WriteLive(Utf8JsonWriter json, RollbackRecord rollback)
    {
        json.WriteStartObject();
        WriteMembers(json, rollback);
        json.WriteString("feature", rollback.WholeTrack ? null : rollback.Features[0]);
        json.WriteString("at", Json.Time(rollback.At));
        json.WriteNumber("revision", rollback.Revision);
        json.WriteOptional("verifiedAt", rollback.VerifiedAt);
        json.WriteOptional("clearedAt", rollback.ClearedAt);
        json.WriteString("state", rollback.State.Wire());
        json.WriteActor("actor", rollback.Actor);
        PlaybookJson.Write(json, rollback.Playbook);
        json.WriteEndObject();
    }

    public static RollbackRecord Read(LedgerEntry entry)
    {
        var errors = new InputErrors();
        var input = new JsonInput(entry.Data, "data", errors);
        var cause = RollbackCodes.ParseCause(input.Member("cause").RequiredString(63));
        var scope = input.Member("scope").RequiredString(63);
        var rollback = new RollbackRecord
        {
            Id = input.Member("id").RequiredString(100),
            WholeTrack = scope == "track",
            Features = [.. input.Member("features").Items(int.MaxValue).Select(FeatureJson.ReadKey)],
            Track = FeatureJson.ReadTrack(input.Member("track")) ?? Tracks.TrackKey.Ai,
            At = entry.At,
            Cause = cause ?? RollbackCause.Manual,
            Objective = input.Member("objective").OptionalString(63),
            Reasons = [.. input.Member("reasons").Items(int.MaxValue).Select(reason => reason.OptionalString(int.MaxValue) ?? "")],
            Evidence = ReadEvidence(input.Member("evidence")),
            Counts = ReadCounts(input.Member("counts")),
            RisingSince = RollbackTrailJson.Time(input.Member("risingSince")),
            ProvenAt = RollbackTrailJson.Time(input.Member("provenAt")),
            Trail = RollbackTrailJson.Read(input.Member("trail")),
            Ranking = ReadRanking(input.Member("ranking")),
            Actor = entry.Actor,
            Revision = entry.Seq,
        };
        if (cause is null)
            input.Member("cause").Fail("Unknown cause.");
        if (scope is not ("track" or "feature"))
            input.Member("scope").Fail("Unknown scope.");
        if (scope == "feature" && rollback.Features.IsEmpty)
            input.Member("features").Fail("Names no feature.");
        return errors.Any ? throw new LedgerFormatException(errors.All[0].Path, errors.All[0].Message) : rollback;
    }

    private static void WriteEvidence(Utf8JsonWriter json, RollbackEvidence? evidence)
    {
        if (evidence is null)
        {
            json.WriteNull("evidence");
            return;
        }

        json.WriteStartObject("evidence");
        json.WriteOptional("g", evidence.G);
        json.WriteOptional("bR", evidence.BR);
        json.WriteOptional("c1", evidence.C1);
        json.WriteOptional("threshold", evidence.Threshold);
        json.WriteEndObject();
    }

    private static void WriteCounts(Utf8JsonWriter json, RollbackCounts? counts)
    {
        if (counts is null)
        {
            json.WriteNull("counts");
            return;
        }

        json.WriteStartObject("counts");
        json.WriteNumber("total", counts.Total);
        json.WriteNumber("bad", counts.Bad);
        json.WriteNumber("controlTotal", counts.ControlTotal);
        json.WriteNumber("controlBad", counts.ControlBad);
        json.WriteEndObject();
    }

    private static RollbackEvidence? ReadEvidence(JsonInput input) => input.IsMissing
        ? null
        : new(input.Member("g").Number() ?? 0, input.Member("bR").Number(), input.Member("c1").Number(), input.Member("threshold").Number() ?? 0);

    private static RollbackCounts? ReadCounts(JsonInput input) => input.IsMissing
        ? null
        : new(
            input.Member("total").Whole() ?? 0,
            input.Member("bad").Whole() ?? 0,
            input.Member("controlTotal").Whole() ?? 0,
            input.Member("controlBad").Whole() ?? 0);

    private static ImmutableArray<RankedFeature> ReadRanking(JsonInput input) =>
        [.. input.Items(int.MaxValue).Select(item => new RankedFeature(
            FeatureJson.ReadKey(item.Member("feature")),
            item.Member("excess").Number() ?? 0,
            item.Member("bad").Whole() ?? 0,
            item.Member("total").Whole() ?? 0,
            item.Member("rolledBack").Flag()))];
}
