using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ReleaseTracks.Server.Http;

/// <summary>A request body as JSON, or the problem to answer with.</summary>
public readonly record struct JsonBody(JsonElement Root, ProblemHttpResult? Problem)
{
    /// <summary>Larger bodies are refused; the server's request limit is the same.</summary>
    public const int MostBytes = 1024 * 1024;

    private const int MostDrained = 16 * MostBytes;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static async ValueTask<JsonBody> ReadAsync(HttpRequest request)
    {
        try
        {
            if (request.ContentLength > MostBytes)
            {
                LetItEnd(request);
                return new(default, TooLarge());
            }

            using var document = await JsonDocument.ParseAsync(request.Body, Options, request.HttpContext.RequestAborted);
            return HasBadName(document.RootElement) ? BadName() : new(document.RootElement.Clone(), null);
        }
        catch (JsonException broken)
        {
            return new(default, Problems.Of(
                StatusCodes.Status400BadRequest,
                "not-json",
                "The body is not JSON.",
                $"Send a JSON body in UTF-8; reading stopped in line {broken.LineNumber + 1} at byte {broken.BytePositionInLine}."));
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new(default, TooLarge());
        }
    }

    /// <summary>
    /// A client that is still sending does not read yet: were the connection closed on it, it would see a reset instead
    /// of the problem. What is left of a body that is not absurd is received and thrown away, as long as Kestrel drains.
    /// </summary>
    internal static void LetItEnd(HttpRequest request)
    {
        if (request.ContentLength <= MostDrained
            && request.Headers.Expect.Count == 0
            && request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MostDrained;
    }

    /// <summary>Texts that are no Unicode are found and named where they are read; names are compared, and must be sound before.</summary>
    private static bool HasBadName(JsonElement root)
    {
        var raw = JsonMarshal.GetRawUtf8Value(root);
        if (Utf8.IsValid(raw) && raw.IndexOf("\\u"u8) < 0)
            return false;
        try
        {
            return !AreNamesSound(root);
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static bool AreNamesSound(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().All(property => property.Name is not null && AreNamesSound(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().All(AreNamesSound),
        _ => true,
    };

    private static JsonBody BadName() => new(default, Problems.Of(
        StatusCodes.Status400BadRequest, "not-json", "The body is not JSON.", "A name of a member is not valid UTF-8, or has half of a surrogate pair; send a JSON body in UTF-8."));

    internal static ProblemHttpResult TooLarge() => Problems.Of(
        StatusCodes.Status413PayloadTooLarge, "too-large", "The body is too large.", $"Send at most {MostBytes} bytes; split the request.");
}
