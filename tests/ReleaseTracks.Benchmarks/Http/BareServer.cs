using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// The least a web server can do with the same requests. OFREP: parse the body with System.Text.Json and answer constant
/// JSON of <c>--size</c> bytes. Streams: keep the answers open and write one event to each of them.
/// </summary>
internal static class BareServer
{
    private static readonly ConcurrentDictionary<HttpContext, bool> Streams = new();

    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.Logging.ClearProviders();
        var answer = Answer(int.Parse(builder.Configuration["size"] ?? "400", CultureInfo.InvariantCulture));
        await using var app = builder.Build();
        app.MapPost("/ofrep/v1/evaluate/flags/{key?}", http => EvaluateAsync(http, answer));
        app.MapGet("/api/v1/stream", StreamAsync);
        app.MapPost("/broadcast", BroadcastAsync);
        await app.RunAsync();
        return 0;
    }

    private static byte[] Answer(int size)
    {
        var answer = new byte[size];
        answer.AsSpan().Fill((byte)' ');
        "{\"value\":true"u8.CopyTo(answer);
        answer[^1] = (byte)'}';
        return answer;
    }

    private static async Task EvaluateAsync(HttpContext http, byte[] answer)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted);
        var user = body.RootElement.GetProperty("context").GetProperty("targetingKey").GetString();
        http.Response.StatusCode = user is null ? StatusCodes.Status400BadRequest : StatusCodes.Status200OK;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer, http.RequestAborted);
    }

    private static async Task StreamAsync(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync("event: revision\ndata: {\"revision\":1}\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
        Streams[http] = true;
        var ended = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(ended.SetResult);
        await ended.Task;
        Streams.TryRemove(http, out _);
    }

    private static async Task BroadcastAsync(HttpContext http)
    {
        var told = Encoding.UTF8.GetBytes($"id: {http.Request.Query["revision"]}\nevent: revision\ndata: {{\"revision\":{http.Request.Query["revision"]}}}\n\n");
        await Parallel.ForEachAsync(Streams.Keys, async (stream, cancel) => await stream.Response.Body.WriteAsync(told, cancel));
    }
}
