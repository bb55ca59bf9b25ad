using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>
/// Many clients of the change stream on sockets of their own. One that loses its connection is back as soon as somebody
/// listens, without any of the patience that real clients have.
/// </summary>
internal sealed class StreamCrowd : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly CancellationTokenSource stop = new();
    private readonly byte[] request;
    private readonly IPEndPoint server;
    private readonly Task[] running;
    private int connected;
    private int refused;

    public StreamCrowd(Uri url, int clients)
    {
        server = new(IPAddress.Loopback, url.Port);
        request = Encoding.ASCII.GetBytes($"GET /api/v1/stream HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {TestServer.BootstrapToken}\r\n\r\n");
        running = [.. Enumerable.Range(0, clients).Select(_ => Task.Run(RunAsync))];
    }

    /// <summary>How many are being told now.</summary>
    public int Connected => Volatile.Read(ref connected);

    /// <summary>Answers other than 200, over all.</summary>
    public int Refused => Volatile.Read(ref refused);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(running);
        stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ListenAsync();
            }
            catch (Exception gone) when (gone is SocketException or OperationCanceledException)
            {
                // Nobody listens, or the server was killed.
            }

            await Task.Delay(Pause, TimeProvider.System, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server, stop.Token);
        await socket.SendAsync(request, stop.Token);
        var buffer = new byte[512];
        var read = await socket.ReceiveAsync(buffer, stop.Token);
        if (read == 0)
            return;
        if (!Encoding.ASCII.GetString(buffer, 0, read).StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref refused);
            return;
        }

        Interlocked.Increment(ref connected);
        try
        {
            while (await socket.ReceiveAsync(buffer, stop.Token) > 0)
            {
                // What it says is another test's business.
            }
        }
        finally
        {
            Interlocked.Decrement(ref connected);
        }
    }

    /// <summary>RELEASETRACKS_STREAM_CLIENTS sets how many; each needs a file handle here and one in the server.</summary>
    public static int Size => int.TryParse(Environment.GetEnvironmentVariable("RELEASETRACKS_STREAM_CLIENTS"), CultureInfo.InvariantCulture, out var count) ? count : 10_000;
}
