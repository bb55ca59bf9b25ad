using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Rollbacks;

/// <summary>The trail of evidence in a rollback's entry. Entries that were written before there was one have none.</summary>
internal static class RollbackTrailJson
{
    /// <summary>So many digits can be seen in a picture; the decision's own figures are kept whole beside it.</summary>
    private const int Digits = 3;

    public static void Write(Utf8JsonWriter json, ImmutableArray<EvidencePoint> trail) => json.WriteArray("trail", trail, (writer, point) =>
    {
        writer.WriteStartObject();
        writer.WriteString("at", Json.Time(point.At));
        writer.WriteOptional("g", Round(point.G));
        writer.WriteOptional("c1", Round(point.C1));
        writer.WriteEndObject();
    });

    public static ImmutableArray<EvidencePoint> Read(JsonInput input) => input.IsMissing
        ? []
        : [.. input.Items(EvidenceTrail.Most).Select(item => new EvidencePoint(Time(item.Member("at")) ?? default, item.Member("g").Number(), item.Member("c1").Number()))];

    public static DateTimeOffset? Time(JsonInput input)
    {
        if (input.IsMissing)
            return null;
        if (Json.TryParseTime(input.RequiredString(40), out var at))
            return at;
        input.Fail("Must be a UTC time with seven fraction digits and Z.");
        return null;
    }

    private static double? Round(double? value) => value is { } number ? Math.Round(number, Digits) : null;
}
