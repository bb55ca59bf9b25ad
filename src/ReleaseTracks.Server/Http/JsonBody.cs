using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ReleaseTracks.Server.Http;

/// <summary>A request body as JSON, or the problem to answer with.</summary>
public readonly record struct JsonBody(JsonElement Root, ProblemHttpResult? Problem)
{
    /// <summary>Larger bodies are refused; the server's request limit is the same.</summary>
    public const int MostBytes = 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64 };

    public static async ValueTask<JsonBody> ReadAsync(HttpRequest request)
    {
        try
        {
            if (request.ContentLength > MostBytes)
                return TooLarge();
            using var document = await JsonDocument.ParseAsync(request.Body, Options, request.HttpContext.RequestAborted);
            return new(document.RootElement.Clone(), null);
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
            return TooLarge();
        }
    }

    private static JsonBody TooLarge() => new(default, Problems.Of(
        StatusCodes.Status413PayloadTooLarge, "too-large", "The body is too large.", $"Send at most {MostBytes} bytes; split the request."));
}
