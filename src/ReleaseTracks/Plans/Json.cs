using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseTracks.Access;

namespace ReleaseTracks.Plans;

/// <summary>From a writer to an element, and times as they stand in the ledger and on the wire.</summary>
public static class Json
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonElement Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
            write(json);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    /// <summary>An object whose members <paramref name="members"/> writes.</summary>
    public static JsonElement Object(Action<Utf8JsonWriter> members) => Build(json =>
    {
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
    });

    /// <summary>RFC 3339, UTC, exact to the tick.</summary>
    public static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString(TimeFormat, System.Globalization.CultureInfo.InvariantCulture);

    public static bool TryParseTime(string text, out DateTimeOffset at) => DateTimeOffset.TryParseExact(
        text, TimeFormat, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out at);

    public static void WriteArray<T>(this Utf8JsonWriter json, string name, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
    }

    public static void WriteActor(this Utf8JsonWriter json, string name, Actor actor)
    {
        json.WriteStartObject(name);
        json.WriteString("kind", actor.Kind);
        json.WriteString("id", actor.Id);
        json.WriteString("method", actor.Method);
        json.WriteEndObject();
    }

    public static void WriteStrings(this Utf8JsonWriter json, string name, IEnumerable<string> items) =>
        json.WriteArray(name, items, (writer, item) => writer.WriteStringValue(item));

    public static void WriteOptional(this Utf8JsonWriter json, string name, double? number)
    {
        if (number is { } value && double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    public static void WriteOptional(this Utf8JsonWriter json, string name, DateTimeOffset? at)
    {
        if (at is { } value)
            json.WriteString(name, Time(value));
        else
            json.WriteNull(name);
    }
}
