using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace ReleaseTracks.Benchmarks.Streams;

/// <summary>Many stream clients on plain sockets, each noting when it hears of which revision.</summary>
internal sealed class StreamCrowd : IDisposable
{
    private const int AtOnce = 64;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Listener[] listeners;

    private StreamCrowd(Listener[] listeners) => this.listeners = listeners;

    public static async Task<StreamCrowd> ConnectAsync(Uri url, string key, int clients)
    {
        var listeners = new Listener[clients];
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtOnce };
        await Parallel.ForAsync(0, clients, options, async (i, _) => listeners[i] = await Listener.OpenAsync(url, key));
        return new(listeners);
    }

    /// <returns>Ms from <paramref name="began"/> until each client had heard of the revision, in order.</returns>
    public async Task<double[]> HearAsync(long revision, long began)
    {
        var times = await Task.WhenAll(listeners.Select(one => one.HeardAsync(revision))).WaitAsync(Patience, TimeProvider.System);
        return [.. times.Select(at => Stopwatch.GetElapsedTime(began, at).TotalMilliseconds).Order()];
    }

    public void Dispose()
    {
        foreach (var listener in listeners)
            listener.Dispose();
    }

    private sealed class Listener : IDisposable
    {
        private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly Lock gate = new();
        private TaskCompletionSource<long> next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long revision;
        private long at;

        public static async Task<Listener> OpenAsync(Uri url, string key)
        {
            var listener = new Listener();
            await listener.socket.ConnectAsync(url.Host, url.Port);
            var request = $"GET /api/v1/stream HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {key}\r\nAccept: text/event-stream\r\n\r\n";
            await listener.socket.SendAsync(Encoding.ASCII.GetBytes(request));
            _ = listener.ListenAsync();
            await listener.HeardAsync(0);
            return listener;
        }

        public async Task<long> HeardAsync(long wanted)
        {
            while (true)
            {
                Task<long> more;
                lock (gate)
                {
                    if (at != 0 && revision >= wanted)
                        return at;
                    more = next.Task;
                }

                await more;
            }
        }

        public void Dispose() => socket.Dispose();

        private async Task ListenAsync()
        {
            var buffer = new byte[512];
            var rest = "";
            try
            {
                while (await socket.ReceiveAsync(buffer) is var read and > 0)
                {
                    var now = Stopwatch.GetTimestamp();
                    rest += Encoding.ASCII.GetString(buffer, 0, read);
                    var last = rest.LastIndexOf("\"revision\":", StringComparison.Ordinal);
                    var end = last < 0 ? -1 : rest.IndexOf('}', last);
                    if (end < 0)
                        continue;
                    Hear(long.Parse(rest[(last + 11)..end].Split(',')[0], null), now);
                    rest = rest[end..];
                }

                throw new IOException("The server ended the stream.");
            }
            catch (Exception failed) when (failed is SocketException or ObjectDisposedException or IOException)
            {
                lock (gate)
                    next.TrySetException(failed);
            }
        }

        private void Hear(long heard, long now)
        {
            TaskCompletionSource<long> waiting;
            lock (gate)
            {
                (revision, at) = (heard, now);
                waiting = next;
                next = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            waiting.SetResult(heard);
        }
    }
}
