using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ReleaseTracks.Server.Http;

/// <summary>A request body as text in UTF-8, or the problem to answer with. As large as JSON may be.</summary>
public readonly record struct TextBody(string Text, ProblemHttpResult? Problem)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static async ValueTask<TextBody> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > JsonBody.MostBytes)
        {
            JsonBody.LetItEnd(request);
            return new("", JsonBody.TooLarge());
        }

        try
        {
            using var reader = new StreamReader(request.Body, Strict);
            return new(await reader.ReadToEndAsync(request.HttpContext.RequestAborted), null);
        }
        catch (DecoderFallbackException)
        {
            return new("", Problems.Of(StatusCodes.Status400BadRequest, "not-utf8", "The body is not text in UTF-8.", "Save the file in UTF-8 and send it again."));
        }
        catch (BadHttpRequestException refused) when (refused.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new("", JsonBody.TooLarge());
        }
    }
}
