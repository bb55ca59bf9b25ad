using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>For faults no real server has: answers each path with exactly these bytes, slowly if wanted.</summary>
internal sealed class LyingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, Func<NetworkStream, CancellationToken, Task>> answers = new();
    private readonly ConcurrentDictionary<string, int> requests = new();
    private readonly Task accepting;

    public LyingServer()
    {
        listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public int Requests(string path) => requests.GetValueOrDefault(path);

    /// <summary>Then keeps the connection open.</summary>
    public void Answer(string path, Func<NetworkStream, CancellationToken, Task> answer) => answers[path] = answer;

    public void Answer(string path, string head, string body, bool close = true) => Answer(path, async (stream, cancel) =>
    {
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head.ReplaceLineEndings("\r\n") + "\r\n\r\n" + body), cancel);
        if (!close)
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
    });

    public void AnswerJson(string path, string body) =>
        Answer(path, $"HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\nConnection: close", body);

    public void AnswerStream(string body, bool close = false) => Answer("/api/v1/stream", "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nConnection: close", body, close);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var path = await ReadRequestAsync(stream);
                requests.AddOrUpdate(path, 1, (_, count) => count + 1);
                if (answers.TryGetValue(path, out var answer))
                    await answer(stream, stop.Token);
            }
            catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException)
            {
                // The client had enough.
            }
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, stop.Token) == 1)
            head.Append((char)one[0]);
        return head.ToString().Split(' ') is [_, var path, ..] ? path.Split('?')[0] : "";
    }
}
