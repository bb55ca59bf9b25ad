using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Access;

namespace ReleaseTracks.Ledger;

/// <summary>
/// An entry as canonical JSON (RFC 8785), version 1. Exactly these bytes are stored, hashed and given out; there is one
/// byte sequence per entry, and <see cref="Read"/> refuses every other.
/// </summary>
public static class LedgerEntryCodec
{
    public const int Version = 1;

    /// <summary>With a time of UTC: yyyy-MM-ddTHH:mm:ss.fffffffZ.</summary>
    private const string TimeFormat = "O";

    private static readonly string[] Fields = ["actor", "at", "data", "id", "seq", "type", "v"];
    private static readonly string[] ActorFields = ["id", "kind", "method"];

    /// <exception cref="LedgerFormatException">The entry cannot be written, for example for an empty id.</exception>
    public static byte[] Write(LedgerEntry entry)
    {
        var output = new ArrayBufferWriter<byte>(512);
        WriteTo(output, entry);
        return output.WrittenSpan.ToArray();
    }

    private static void WriteTo(ArrayBufferWriter<byte> output, LedgerEntry entry)
    {
        Check(entry);
        try
        {
            // In the order of the keys, so that the result is canonical.
            WriteText(output, "{\"actor\":{\"id\":"u8, entry.Actor.Id);
            WriteText(output, ",\"kind\":"u8, entry.Actor.Kind);
            WriteText(output, ",\"method\":"u8, entry.Actor.Method);
            WriteText(output, "},\"at\":"u8, entry.At.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            WriteData(output, entry.Data);
            WriteText(output, ",\"id\":"u8, entry.Id);
            output.Write(",\"seq\":"u8);
            CanonicalString.WriteAscii(output, entry.Seq.ToString(CultureInfo.InvariantCulture));
            WriteText(output, ",\"type\":"u8, entry.Type);
            output.Write(",\"v\":1}"u8);
        }
        catch (CanonicalJsonException refused)
        {
            throw new LedgerFormatException(refused.Path, refused.Problem);
        }
    }

    /// <exception cref="LedgerFormatException">The bytes are not a canonical entry of this version.</exception>
    public static LedgerEntry Read(ReadOnlyMemory<byte> bytes)
    {
        var entry = Parse(bytes);
        // Room for the longest text that a single write asks for, though fewer bytes come of it.
        var output = new ArrayBufferWriter<byte>(bytes.Length + 256);
        WriteTo(output, entry);
        if (!output.WrittenSpan.SequenceEqual(bytes.Span))
            throw NotCanonical();
        return entry;
    }

    private static LedgerEntry Parse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) throw new LedgerFormatException("$", "not an object");
            // The version first: whatever else a later version changes, the reader should hear that it is later.
            CheckVersion(root);
            var values = Values(root, Fields, "$");
            if (values[0].ValueKind != JsonValueKind.Object) throw new LedgerFormatException("$.actor", "not an object");
            var actor = Values(values[0], ActorFields, "$.actor");
            return new LedgerEntry(
                Seq(values[4]),
                Text(values[3], "$.id"),
                Time(Text(values[1], "$.at")),
                new Actor(Text(actor[1], "$.actor.kind"), Text(actor[0], "$.actor.id"), Text(actor[2], "$.actor.method")),
                Text(values[5], "$.type"),
                values[2].Clone());
        }
        catch (JsonException broken)
        {
            throw new LedgerFormatException("$", $"not JSON (line {broken.LineNumber}, byte {broken.BytePositionInLine})");
        }
        catch (InvalidOperationException)
        {
            throw new LedgerFormatException("$", "text that is not valid Unicode");
        }
    }

    private static void CheckVersion(JsonElement root)
    {
        if (!root.TryGetProperty("v", out var version)) throw new LedgerFormatException("$.v", "missing");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Version)
            throw new LedgerFormatException("$.v", $"version {version.GetRawText()} is not {Version}");
    }

    /// <summary>The values of these fields; a canonical object has them in this order, and no other.</summary>
    private static JsonElement[] Values(JsonElement value, string[] fields, string where)
    {
        var values = new JsonElement[fields.Length];
        var at = 0;
        foreach (var property in value.EnumerateObject())
        {
            if (at == fields.Length || !property.NameEquals(fields[at]))
                throw Misfit(value, fields, where);
            values[at++] = property.Value;
        }

        return at == fields.Length ? values : throw Misfit(value, fields, where);
    }

    private static LedgerFormatException Misfit(JsonElement value, string[] fields, string where)
    {
        foreach (var property in value.EnumerateObject())
            if (!fields.Contains(property.Name, StringComparer.Ordinal))
                return new($"{where}.{property.Name}", "unknown field");
        foreach (var field in fields)
            if (!value.TryGetProperty(field, out _))
                return new($"{where}.{field}", "missing");
        return NotCanonical();
    }

    private static LedgerFormatException NotCanonical() => new("$", "not in canonical form (RFC 8785)");

    private static void Check(LedgerEntry entry)
    {
        if (entry.Seq is < 1 or > LedgerEntry.MaxSeq) throw new LedgerFormatException("$.seq", "not from 1 to 2^53 − 1");
        NotEmpty("$.id", entry.Id);
        NotEmpty("$.type", entry.Type);
        NotEmpty("$.actor.kind", entry.Actor.Kind);
        NotEmpty("$.actor.id", entry.Actor.Id);
        NotEmpty("$.actor.method", entry.Actor.Method);
    }

    private static void NotEmpty(string where, string text)
    {
        if (string.IsNullOrEmpty(text)) throw new LedgerFormatException(where, "empty");
    }

    private static void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> before, string text)
    {
        output.Write(before);
        CanonicalString.Write(output, text);
    }

    private static void WriteData(IBufferWriter<byte> output, JsonElement data)
    {
        output.Write(",\"data\":"u8);
        try
        {
            CanonicalJson.Write(output, data, depth: 1);
        }
        catch (CanonicalJsonException refused)
        {
            refused.Under(".data");
            throw;
        }
    }

    private static long Seq(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var seq)
            ? seq
            : throw new LedgerFormatException("$.seq", "not an integer");

    private static string Text(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new LedgerFormatException(where, "not a string");

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && text[^1] == 'Z'
            ? time
            : throw new LedgerFormatException("$.at", "not a UTC time with seven fraction digits and Z");
}
