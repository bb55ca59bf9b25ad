using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>
/// The network between a server and its Redis: it can be slow, cut connections, lose answers, and it understands enough
/// of the protocol to note commands, or to stand in for one that the Redis behind it is too old for.
/// </summary>
public sealed class RedisProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;

    public RedisProxy()
    {
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Port of the Redis behind it.</summary>
    public int Target { get; set; }

    /// <summary>How long each answer takes in addition.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Sees each command before Redis does; what it returns is sent instead, null sends the command itself.</summary>
    public Func<string, byte[]?>? OnCommand { get; set; }

    /// <summary>Commands reach Redis, but the connection breaks before their answer is back.</summary>
    public bool LosesAnswers { get; set; }

    public void Cut()
    {
        foreach (var client in open.Keys)
            client.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        Cut();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var upstream = new TcpClient { NoDelay = true };
        client.NoDelay = true;
        (open[client], open[upstream]) = (true, true);
        try
        {
            await upstream.ConnectAsync(IPAddress.Loopback, Target, stop.Token);
            await Task.WhenAny(CommandsAsync(client.GetStream(), upstream.GetStream()), AnswersAsync(upstream.GetStream(), client.GetStream()));
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException or InvalidOperationException)
        {
            // Cut, as it was asked to be.
        }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(upstream, out _);
            client.Close();
        }
    }

    private async Task CommandsAsync(NetworkStream from, NetworkStream to)
    {
        var reader = PipeReader.Create(from);
        while (await reader.ReadAsync(stop.Token) is { } read && !(read.IsCompleted && read.Buffer.IsEmpty))
        {
            var rest = read.Buffer;
            while (TryRead(ref rest, out var command, out var name))
                await to.WriteAsync(OnCommand?.Invoke(name) ?? command, stop.Token);
            reader.AdvanceTo(rest.Start, rest.End);
        }
    }

    private async Task AnswersAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReadAsync(buffer, stop.Token) is var count and > 0)
        {
            if (LosesAnswers)
                return;
            if (Latency > TimeSpan.Zero)
                await Task.Delay(Latency, TimeProvider.System, stop.Token);
            await to.WriteAsync(buffer.AsMemory(0, count), stop.Token);
        }
    }

    /// <summary>One array of bulk strings, which is what clients send.</summary>
    private static bool TryRead(ref ReadOnlySequence<byte> rest, out byte[] command, out string name)
    {
        (command, name) = ([], "");
        var reader = new SequenceReader<byte>(rest);
        if (!TryReadLength(ref reader, out var words))
            return false;
        for (var i = 0; i < words; i++)
        {
            if (!TryReadLength(ref reader, out var length) || reader.Remaining < length + 2)
                return false;
            if (i == 0)
                name = Encoding.ASCII.GetString(reader.UnreadSequence.Slice(0, length));
            reader.Advance(length + 2);
        }

        command = rest.Slice(0, reader.Consumed).ToArray();
        rest = rest.Slice(reader.Consumed);
        return true;
    }

    private static bool TryReadLength(ref SequenceReader<byte> reader, out int length)
    {
        length = 0;
        return reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8) && int.TryParse(Encoding.ASCII.GetString(line.Slice(1)), CultureInfo.InvariantCulture, out length);
    }
}
