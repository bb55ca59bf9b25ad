using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;
using ReleaseTracks.Server.Tests.Streams;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>Stream clients over real sockets: all back at once after a restart, and some that never read.</summary>
[Collection(nameof(AloneOnTheMachine))]
public sealed class StreamFaultTests
{
    private const int Slow = 20;
    private const int Rounds = 50;
    private const int PerRound = 400;

    [Fact]
    public async Task Server_Restarted_TakesEveryClientBackAtOnceAndServesWritesMeanwhile()
    {
        using var data = new TemporaryDirectory();
        await using var server = await ServerProcess.StartAsync(data.Path);
        await server.Client.ApplyAsync($$"""{"op":"feature.put","feature":{{Api.Feature("f")}}}""");
        await using var crowd = new StreamCrowd(server.Client.BaseAddress!, StreamCrowd.Size);
        await Eventually.TrueAsync(() => crowd.Connected == StreamCrowd.Size, "all are connected", TimeSpan.FromSeconds(120));

        await server.KillAsync();
        await Eventually.TrueAsync(() => crowd.Connected == 0, "all are cut off", TimeSpan.FromSeconds(60));
        await server.RestartAsync();
        var ready = Stopwatch.GetTimestamp();
        var slowest = TimeSpan.Zero;
        for (var write = 0; write < 3 || crowd.Connected < StreamCrowd.Size; write++)
        {
            var began = Stopwatch.GetTimestamp();
            Assert.True(await server.Client.ProposesAsync($"while-they-come-back-{write}"));
            await server.Client.EvaluatesAsync();
            slowest = Stopwatch.GetElapsedTime(began) is var took && took > slowest ? took : slowest;
            Assert.True(Stopwatch.GetElapsedTime(ready) < TimeSpan.FromSeconds(120), $"{crowd.Connected} of {StreamCrowd.Size} were back after two minutes");
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{StreamCrowd.Size} clients back {Stopwatch.GetElapsedTime(ready).TotalSeconds:0.00} s after ready; slowest plan and evaluation meanwhile {slowest.TotalMilliseconds:0} ms");
        Assert.Equal(0, crowd.Refused);
        Assert.DoesNotContain("Unhandled", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_ThatDoNotRead_AreCutOffAndHoldUpNobody()
    {
        await using var server = await TestServer.StartAsync();
        var slow = await Task.WhenAll(Enumerable.Range(0, Slow).Select(_ => OpenAndNeverReadAsync(server.Url)));
        try
        {
            await using var reader = await EventReader.OpenAsync(server.Client(TestServer.BootstrapToken), "/api/v1/stream");
            await ClientsAsync(server, Slow + 1);
            // More than all buffers on the way hold, and never more at once than who reads can take.
            var signals = server.Services.GetRequiredService<StoreSignals>();
            var name = new string('n', 400);
            for (var round = 0; round < Rounds; round++)
            {
                for (var i = 0; i < PerRound; i++)
                    await signals.PublishEnrollmentAsync(name, TrackKey.Innovative);
                await signals.PublishEnrollmentAsync($"round-{round}", TrackKey.Innovative);
                while (await reader.NextAsync() is var heard && heard?.Contains($"\"round-{round}\"", StringComparison.Ordinal) != true)
                    Assert.NotNull(heard);
            }

            await ClientsAsync(server, 1);
        }
        finally
        {
            foreach (var socket in slow)
                socket.Dispose();
        }
    }

    private static Task ClientsAsync(TestServer server, int count) => Eventually.TrueAsync(
        async () => (await server.Admin.CallAsync("GET /metrics")).Text.Contains($"\nreleasetracks_stream_clients {count}\n", StringComparison.Ordinal),
        $"{count} streams are open",
        TimeSpan.FromSeconds(60));

    private static async Task<Socket> OpenAndNeverReadAsync(Uri url)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, url.Port));
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET /api/v1/stream HTTP/1.1\r\nHost: {url.Authority}\r\nAuthorization: Bearer {TestServer.BootstrapToken}\r\n\r\n"));
        return socket;
    }
}
