using Garnet;
using Garnet.server;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>With a budget of one megabyte, so that what it is given goes to disk at once.</summary>
internal sealed class SmallGarnet : IAsyncDisposable
{
    private static readonly TimeSpan LongestClose = TimeSpan.FromSeconds(10);
    private readonly string address;
    private readonly GarnetServer garnet;

    public SmallGarnet(string directory, Func<GarnetServerOptions, GarnetServer> create)
    {
        var options = GarnetSettings.For(directory, RedisServer.FreePort(), "secret");
        (options.PageSize, options.LogMemorySize) = ("64k", "1m");
        address = $"{options.EndPoints[0]},password=secret";
        garnet = create(options);
        garnet.Start();
    }

    public async Task<ConnectionMultiplexer> ConnectAsync() => await ConnectionMultiplexer.ConnectAsync(address);

    /// <summary>One that answers no more does not close either.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAny(Task.Run(garnet.Dispose, CancellationToken.None), Task.Delay(LongestClose, TimeProvider.System, CancellationToken.None));
}
