using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ReleaseTracks.Client.Tests.Harness;

/// <summary>
/// The network between the app and its server: an address that stays while servers come and go, whose connections can
/// be cut, go silent without an end, or drip.
/// </summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<TcpClient, bool> open = new();
    private readonly CancellationTokenSource stop = new();
    private readonly Task accepting;
    private volatile Uri? target;
    private volatile bool silent;
    private volatile bool losesAnswers;
    private int accepted;

    public Proxy(Uri? target)
    {
        this.target = target;
        listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public int Accepted => accepted;

    /// <summary>Whoever connects next reaches this server; null: nobody is there.</summary>
    public void Lead(Uri? server)
    {
        target = server;
        Cut();
    }

    public void Cut()
    {
        foreach (var client in open.Keys)
            client.Close();
    }

    /// <summary>Nothing passes any more, in either direction, and nobody is told: a half-open connection.</summary>
    public void GoSilent() => silent = true;

    public void Speak() => silent = false;

    /// <summary>Requests reach the server, but the connection breaks before their answer is back.</summary>
    public void LoseAnswers(bool lose) => losesAnswers = lose;

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
        {
            var client = await listener.AcceptTcpClientAsync(stop.Token);
            Interlocked.Increment(ref accepted);
            _ = ServeAsync(client);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        open[client] = true;
        try
        {
            if (target is not { } server)
                return;
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(server.Host, server.Port, stop.Token);
            open[upstream] = true;
            await Task.WhenAny(PumpAsync(client, upstream, isAnswer: false), PumpAsync(upstream, client, isAnswer: true));
            open.TryRemove(upstream, out _);
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Cut, as it was asked to be.
        }
        finally
        {
            open.TryRemove(client, out _);
            client.Close();
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        while (await from.GetStream().ReadAsync(buffer, stop.Token) is var count and > 0)
        {
            if (isAnswer && losesAnswers)
                return;
            if (silent)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
            await to.GetStream().WriteAsync(buffer.AsMemory(0, count), stop.Token);
        }
    }
}
