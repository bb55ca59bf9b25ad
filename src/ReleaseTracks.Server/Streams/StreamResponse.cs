using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace ReleaseTracks.Server.Streams;

/// <summary>
/// Server-sent events over one response (WHATWG HTML, section 9.2). Whatever piled up goes out in one write; a client
/// that does not take it in time is cut off.
/// </summary>
public sealed class StreamResponse(StreamHub hub, TimeProvider time)
{
    private static readonly TimeSpan WriteWithin = TimeSpan.FromSeconds(10);

    /// <param name="http">The request to answer.</param>
    /// <param name="client">An open stream; it is left at the end, however that comes about.</param>
    /// <param name="write">Writes a batch of events, oldest first.</param>
    public async Task RunAsync(HttpContext http, StreamClient client, Action<IBufferWriter<byte>, IReadOnlyList<StreamEvent>> write)
    {
        try
        {
            Start(http);
            // At once, so that the client knows it is connected before anything happens.
            Encoding.UTF8.GetBytes($": connected\nretry: {RetryMilliseconds()}\n\n", http.Response.BodyWriter);
            await FlushAsync(http);
            var batch = new List<StreamEvent>();
            while (await client.Events.WaitToReadAsync(http.RequestAborted))
            {
                batch.Clear();
                while (client.Events.TryRead(out var happened))
                    batch.Add(happened);
                write(http.Response.BodyWriter, batch);
                await FlushAsync(http);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went away.
        }
        catch (TimeoutException)
        {
            http.Abort();
        }
        finally
        {
            hub.Leave(client);
        }
    }

    /// <summary>Another for each, so that the browsers of a server that comes back do not all come at once.</summary>
    private static string RetryMilliseconds() => Random.Shared.Next(1000, 4000).ToString(CultureInfo.InvariantCulture);

    private static void Start(HttpContext http)
    {
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-store";
        // Proxies such as nginx would otherwise hold events back.
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    private async Task FlushAsync(HttpContext http)
    {
        var flush = http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        if (!flush.IsCompletedSuccessfully)
            await flush.AsTask().WaitAsync(WriteWithin, time, http.RequestAborted);
    }
}
