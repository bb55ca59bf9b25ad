using System.Globalization;

namespace ReleaseTracks.Server.Tests.Harness;

/// <summary>A real Redis Cluster: three primaries, a third of the slots each, no replicas.</summary>
public sealed class RedisCluster : IAsyncDisposable
{
    private const int Slots = 16384;
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private RedisCluster(RedisServer[] nodes) => Nodes = nodes;

    public IReadOnlyList<RedisServer> Nodes { get; }

    public string ConnectionString => string.Join(',', Nodes.Select(node => node.ConnectionString));

    /// <param name="fronts">For each node the proxy that clients are to reach it through; none: directly.</param>
    public static async Task<RedisCluster> StartAsync(params RedisProxy[] fronts)
    {
        var nodes = new List<RedisServer>();
        try
        {
            for (var i = 0; i < 3; i++)
                nodes.Add(await StartNodeAsync(fronts.ElementAtOrDefault(i)));
            var cluster = new RedisCluster([.. nodes]);
            await cluster.FormAsync();
            return cluster;
        }
        catch
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>The node whose slots this key is in.</summary>
    public async Task<RedisServer> OwnerAsync(string key)
    {
        var slot = int.Parse(await Nodes[0].ExecuteAsync("CLUSTER", "KEYSLOT", key), CultureInfo.InvariantCulture);
        return Nodes[slot * Nodes.Count / Slots];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.DisposeAsync();
    }

    private static async Task<RedisServer> StartNodeAsync(RedisProxy? front)
    {
        // The port of the bus is by default the other plus 10,000, which may be beyond the last.
        string[] settings =
        [
            "--cluster-enabled", "yes", "--cluster-port", Text(RedisServer.FreePort()), "--cluster-node-timeout", "2000", "--cluster-config-file", "nodes.conf",
        ];
        var node = await RedisServer.StartAsync(appendOnly: true, front is null ? settings : [.. settings, "--cluster-announce-port", Text(front.Port)]);
        if (front is not null)
            front.Target = node.Port;
        return node;
    }

    private async Task FormAsync()
    {
        for (var i = 0; i < Nodes.Count; i++)
        {
            // A slot belongs to node slot · 3 / 16384, rounded down.
            var (first, next) = (First(i), First(i + 1));
            await Nodes[i].ExecuteAsync("CLUSTER", "SET-CONFIG-EPOCH", Text(i + 1));
            await Nodes[i].ExecuteAsync("CLUSTER", "ADDSLOTSRANGE", Text(first), Text(next - 1));
        }

        var bus = (await Nodes[0].ExecuteAsync("CONFIG", "GET", "cluster-port")).Split('\n')[1];
        foreach (var node in Nodes.Skip(1))
            await node.ExecuteAsync("CLUSTER", "MEET", "127.0.0.1", Text(Nodes[0].Port), bus);
        foreach (var node in Nodes)
            await Eventually.TrueAsync(async () => IsWhole(await node.ExecuteAsync("CLUSTER", "INFO")), "the node knows the whole cluster", Bound);
    }

    private static bool IsWhole(string info) =>
        info.Contains("cluster_state:ok", StringComparison.Ordinal) && info.Contains("cluster_known_nodes:3", StringComparison.Ordinal)
        && info.Contains("cluster_slots_ok:16384", StringComparison.Ordinal);

    private int First(int node) => ((node * Slots) + Nodes.Count - 1) / Nodes.Count;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
