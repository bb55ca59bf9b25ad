using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>
/// One flag as OFREP writes it. A <see cref="Result"/> is shared by everybody who gets the same, and lives as long as
/// its feature stays as it is, so its JSON is made once; only the revision at the end differs.
/// </summary>
public static class OfrepFlag
{
    private const int MostDigits = 20;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly ConditionalWeakTable<Result, byte[]> Heads = [];

    public static void Write(IBufferWriter<byte> output, Result result, long revision)
    {
        if (!Heads.TryGetValue(result, out var head))
            Heads.AddOrUpdate(result, head = Head(result));
        var span = output.GetSpan(head.Length + MostDigits + 2);
        head.CopyTo(span);
        Utf8Formatter.TryFormat(revision, span[head.Length..], out var digits);
        var length = head.Length + digits;
        "}}"u8.CopyTo(span[length..]);
        output.Advance(length + 2);
    }

    /// <summary>An error in place of a flag, or as the whole answer.</summary>
    public static void WriteFault(IBufferWriter<byte> output, string? key, OfrepFault fault)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        if (key is not null)
            json.WriteString("key", key);
        json.WriteString("errorCode", fault.Code);
        json.WriteString("errorDetails", fault.Details);
        json.WriteEndObject();
    }

    /// <summary>Everything up to the digits of the revision, which is the last member of the metadata.</summary>
    private static byte[] Head(Result result)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteString("key", result.Feature.Key);
            json.WriteString("reason", result.Reason.Wire());
            // No value means: use the default in the code. That is what a killed feature is.
            if (result.Variant is { } variant)
            {
                json.WriteString("variant", variant.Name);
                json.WritePropertyName("value");
                variant.Value.WriteTo(json);
            }

            json.WriteStartObject("metadata");
            WriteMetadata(json, result);
            json.WriteNumber("revision", 0);
            json.Flush();
        }

        return buffer.WrittenSpan[..^1].ToArray();
    }

    /// <summary>The disclosure goes with every AI feature, whatever is served: where it is shown is the product's page.</summary>
    private static void WriteMetadata(Utf8JsonWriter json, Result result)
    {
        json.WriteString("track", result.Track.Wire());
        json.WriteString("cause", result.Cause.Wire());
        json.WriteBoolean("ai", result.Feature.Ai);
        if (!result.Feature.Ai || result.Feature.Disclosure is not { } disclosure)
            return;
        json.WriteNumber("disclosureVersion", disclosure.Version);
        json.WriteString("disclosureText", disclosure.Text);
        if (disclosure.Uri is { } uri)
            json.WriteString("disclosureUri", uri);
    }
}
