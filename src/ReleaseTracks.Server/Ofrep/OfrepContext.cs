using System.Buffers;
using System.Text.Json;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>What matters of an evaluation context: who asks, and for whom they work.</summary>
public readonly record struct OfrepContext(string? TargetingKey, string? Organisation);

/// <summary>Why a body cannot be evaluated, in OFREP's words.</summary>
public readonly record struct OfrepFault(string Code, string Details)
{
    public const string ParseError = "PARSE_ERROR";
    public const string InvalidContext = "INVALID_CONTEXT";
    public const string FlagNotFound = "FLAG_NOT_FOUND";
    public const string General = "GENERAL";
}

/// <summary>
/// Reads a body in one pass without building a document. The whole body must be JSON, but only two strings of it are
/// kept. A null is an absence; anything else that is not a string is refused: guessing who somebody is could expose them.
/// </summary>
public static class OfrepContextReader
{
    private static readonly OfrepFault NoContext = new(OfrepFault.InvalidContext, "Send a JSON object with `context`, an object that names the user as `targetingKey`.");

    /// <returns>Null if <paramref name="context"/> was read.</returns>
    public static OfrepFault? Read(in ReadOnlySequence<byte> body, out OfrepContext context)
    {
        context = default;
        try
        {
            var json = body.IsSingleSegment ? new Utf8JsonReader(body.FirstSpan) : new Utf8JsonReader(body);
            return ReadBody(ref json, ref context);
        }
        catch (JsonException broken)
        {
            return new(OfrepFault.ParseError, $"Send a JSON body in UTF-8; reading stopped in line {broken.LineNumber + 1} at byte {broken.BytePositionInLine}.");
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to text that is not Unicode, such as half of a surrogate pair.
            return new(OfrepFault.InvalidContext, "`targetingKey` and `organisation` must be Unicode text.");
        }
    }

    private static OfrepFault? ReadBody(ref Utf8JsonReader json, ref OfrepContext context)
    {
        OfrepFault? fault = NoContext;
        json.Read();
        if (json.TokenType == JsonTokenType.StartObject)
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isContext = json.ValueTextEquals("context"u8);
                json.Read();
                if (isContext)
                    fault = json.TokenType == JsonTokenType.StartObject ? ReadContext(ref json, out context) : Skip(ref json, NoContext);
                else
                    json.Skip();
            }
        }
        else
        {
            json.Skip();
        }

        // Throws if anything follows.
        json.Read();
        return fault;
    }

    private static OfrepFault? ReadContext(ref Utf8JsonReader json, out OfrepContext context)
    {
        OfrepFault? fault = null;
        string? targetingKey = null;
        string? organisation = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("targetingKey"u8))
                fault = ReadText(ref json, "targetingKey", out targetingKey) ?? fault;
            else if (json.ValueTextEquals("organisation"u8))
                fault = ReadText(ref json, "organisation", out organisation) ?? fault;
            else
                json.Skip();
        }

        context = new(targetingKey, organisation);
        return fault;
    }

    private static OfrepFault? ReadText(ref Utf8JsonReader json, string member, out string? text)
    {
        json.Read();
        text = json.TokenType == JsonTokenType.String ? json.GetString() : null;
        return json.TokenType is JsonTokenType.String or JsonTokenType.Null
            ? null
            : Skip(ref json, new(OfrepFault.InvalidContext, $"`context.{member}` must be a string."));
    }

    private static OfrepFault Skip(ref Utf8JsonReader json, OfrepFault fault)
    {
        json.Skip();
        return fault;
    }
}
