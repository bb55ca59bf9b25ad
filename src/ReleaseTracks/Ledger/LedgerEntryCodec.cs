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

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    private static readonly string[] Fields = ["actor", "at", "data", "id", "seq", "type", "v"];
    private static readonly string[] ActorFields = ["id", "kind", "method"];

    /// <exception cref="LedgerFormatException">The entry cannot be written, for example for an empty id.</exception>
    public static byte[] Write(LedgerEntry entry)
    {
        Check(entry);
        var output = new ArrayBufferWriter<byte>(512);
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

        return output.WrittenSpan.ToArray();
    }

    /// <exception cref="LedgerFormatException">The bytes are not a canonical entry of this version.</exception>
    public static LedgerEntry Read(ReadOnlyMemory<byte> bytes)
    {
        var entry = Parse(bytes);
        if (!Write(entry).AsSpan().SequenceEqual(bytes.Span))
            throw new LedgerFormatException("$", "not in canonical form (RFC 8785)");
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
            CheckFields(root, Fields, "$");
            var actor = root.GetProperty("actor");
            if (actor.ValueKind != JsonValueKind.Object) throw new LedgerFormatException("$.actor", "not an object");
            CheckFields(actor, ActorFields, "$.actor");
            return new LedgerEntry(
                Seq(root.GetProperty("seq")),
                Text(root, "id", "$"),
                Time(Text(root, "at", "$")),
                new Actor(Text(actor, "kind", "$.actor"), Text(actor, "id", "$.actor"), Text(actor, "method", "$.actor")),
                Text(root, "type", "$"),
                root.GetProperty("data").Clone());
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

    private static void CheckFields(JsonElement value, string[] fields, string where)
    {
        foreach (var property in value.EnumerateObject())
            if (!fields.Contains(property.Name, StringComparer.Ordinal))
                throw new LedgerFormatException($"{where}.{property.Name}", "unknown field");
        foreach (var field in fields)
            if (!value.TryGetProperty(field, out _))
                throw new LedgerFormatException($"{where}.{field}", "missing");
    }

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

    private static string Text(JsonElement parent, string name, string where) =>
        parent.GetProperty(name) is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : throw new LedgerFormatException($"{where}.{name}", "not a string");

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(
            text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new LedgerFormatException("$.at", "not a UTC time with seven fraction digits and Z");
}
