using System.Net;

namespace ReleaseTracks.Server.Tests.Streams;

/// <summary>Reads server-sent events as they come, each within a bound.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);
    private readonly HttpClient client;
    private readonly HttpResponseMessage response;
    private readonly StreamReader reader;

    private EventReader(HttpClient client, HttpResponseMessage response, StreamReader reader)
    {
        this.client = client;
        this.response = response;
        this.reader = reader;
    }

    /// <summary>Connected when this returns: the server's greeting has arrived.</summary>
    public static async Task<EventReader> OpenAsync(HttpClient client, string path)
    {
        var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var reader = new EventReader(client, response, new(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken)));
        Assert.Matches(@"^: connected\nretry: [1-3]\d{3}$", await reader.NextAsync());
        return reader;
    }

    /// <summary>The lines of the next event joined with a line feed, or null at the end of the stream.</summary>
    public async Task<string?> NextAsync()
    {
        var lines = new List<string>();
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Bound, TimeProvider.System) is { } line)
        {
            if (line.Length == 0)
                return string.Join('\n', lines);
            lines.Add(line);
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        response.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }
}
