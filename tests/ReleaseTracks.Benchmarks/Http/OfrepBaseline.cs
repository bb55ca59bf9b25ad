using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// The least a web server can do with an OFREP request: a Kestrel minimal endpoint that parses the body with
/// System.Text.Json and answers constant JSON of the size given.
/// </summary>
internal static class OfrepBaseline
{
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var answer = new byte[int.Parse(builder.Configuration["size"] ?? "400", CultureInfo.InvariantCulture)];
        answer.AsSpan().Fill((byte)' ');
        "{\"value\":true"u8.CopyTo(answer);
        answer[^1] = (byte)'}';
        await using var app = builder.Build();
        app.MapPost("/ofrep/v1/evaluate/flags/{key}", async (HttpContext http) =>
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
            var user = body.RootElement.GetProperty("context").GetProperty("targetingKey").GetString();
            http.Response.StatusCode = user is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = answer.Length;
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
        });
        await app.RunAsync();
        return 0;
    }
}
