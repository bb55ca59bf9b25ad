using System.Text.Encodings.Web;
using System.Text.Json;

namespace ReleaseTracks.Server.Http;

/// <summary>An answer written straight into the response. Kept out of caches: state changes at any moment.</summary>
public sealed class JsonAnswer(Action<Utf8JsonWriter> write, int status = StatusCodes.Status200OK) : IResult, IStatusCodeHttpResult
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public int? StatusCode => status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(response.BodyWriter, Options);
        write(json);
        await json.FlushAsync(httpContext.RequestAborted);
    }

    /// <summary>A JSON array, one item each.</summary>
    public static JsonAnswer Array<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> writeItem) => new(json =>
    {
        json.WriteStartArray();
        foreach (var item in items)
            writeItem(json, item);
        json.WriteEndArray();
    });

    /// <summary>A JSON object with these members.</summary>
    public static JsonAnswer Object(Action<Utf8JsonWriter> members, int status = StatusCodes.Status200OK) => new(
        json =>
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        },
        status);
}
