using System.Text.Json;
using System.Threading.Channels;
using ReleaseTracks.Plans;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Everything in the store that a backup has beside the ledger, key by key: who is on which track with the receipts, the
/// outcome counters, what the guard remembers, the budgets' buckets, what users reported, and how far destinations have heard. Not in it: what seals
/// sessions and stream tickets (secrets; a restored server makes new ones), leases and redo logs.
/// </summary>
public sealed class StoreDump(StoreConnection connection)
{
    private const int Pipelined = 64;
    private const int Page = 1000;

    private static readonly (RedisType Type, string Name)[] Types =
        [(RedisType.String, "string"), (RedisType.List, "list"), (RedisType.Hash, "hash"), (RedisType.SortedSet, "zset")];

    /// <summary>What the guard had counted comes before the counters, or events between the two would be lost.</summary>
    private static readonly RedisKey[] ControlPlane =
        [StoreKeys.Guard, StoreKeys.Counters, StoreKeys.Reported, StoreKeys.Batches, StoreKeys.Feedback, StoreKeys.KeyUse, StoreKeys.Alerts];

    public static bool Belongs(string key) =>
        ControlPlane.Any(one => one == key)
        || key.StartsWith("{rt}:sli:", StringComparison.Ordinal)
        || (key.StartsWith("rt:{u", StringComparison.Ordinal) && key.Length > 10 && key[8] == '}'
            && (key[9..] == ":counts" || key[9..].StartsWith(":user:", StringComparison.Ordinal) || key[9..].StartsWith(":receipts:", StringComparison.Ordinal)));

    /// <summary>One JSON object for each key.</summary>
    public async IAsyncEnumerable<JsonElement> ReadAsync()
    {
        await foreach (var page in connection.Embedded is { } garnet ? InOnePassAsync(garnet) : ByCommandsAsync())
        {
            foreach (var found in page)
                yield return Line(found);
        }
    }

    /// <summary>Puts one key as it was, in place of what is there.</summary>
    /// <exception cref="InvalidDataException">It is not a key of a backup.</exception>
    public async Task WriteAsync(JsonElement line)
    {
        var (key, type) = (line.GetProperty("key").GetString()!, line.GetProperty("type").GetString());
        if (!Belongs(key))
            throw new InvalidDataException($"The key {key} does not belong in a backup.");
        var left = line.TryGetProperty("expiresAt", out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at.GetInt64()) - connection.Now : (TimeSpan?)null;
        var kind = Types.FirstOrDefault(one => one.Name == type).Type;
        if (kind == RedisType.None)
            throw new InvalidDataException($"The key {key} is of the unknown type {type}.");
        if (left is { Ticks: <= 0 })
            return;
        await new StoredKey(key, kind, [.. line.GetProperty("items").EnumerateArray().Select(item => (RedisValue)item.GetBytesFromBase64())], left).WriteAsync(connection.Database);
    }

    /// <summary>What is in the store now, in the order in which it must be read.</summary>
    public async Task<IReadOnlyList<RedisKey>> KeysAsync()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var server in connection.Multiplexer.GetServers().Where(server => server is { IsConnected: true, IsReplica: false }))
        {
            // The embedded store forgets some keys between pages.
            await foreach (var key in server.KeysAsync(pattern: "*rt*", pageSize: connection.IsEmbedded ? int.MaxValue : Page))
            {
                if (Belongs(key.ToString()))
                    found.Add(key.ToString());
            }
        }

        RedisKey[] first = [.. ControlPlane.Where(key => found.Remove(key.ToString()))];
        return [.. first, .. found.Order(StringComparer.Ordinal).Select(key => (RedisKey)key)];
    }

    private async IAsyncEnumerable<IReadOnlyList<StoredKey>> ByCommandsAsync()
    {
        foreach (var page in (await KeysAsync()).Chunk(Pipelined))
            yield return [.. (await Task.WhenAll(page.Select(key => StoredKey.ReadAsync(connection.Database, key)))).OfType<StoredKey>()];
    }

    /// <summary>The directory is this process's alone, and nothing else uses it meanwhile.</summary>
    private static async IAsyncEnumerable<IReadOnlyList<StoredKey>> InOnePassAsync(EmbeddedGarnet garnet)
    {
        var pages = Channel.CreateBounded<IReadOnlyList<StoredKey>>(1);
        var reading = Task.Run(() => Read(garnet, pages.Writer));
        try
        {
            await foreach (var page in pages.Reader.ReadAllAsync())
                yield return page;
        }
        finally
        {
            pages.Writer.TryComplete();
            await reading;
        }
    }

    private static void Read(EmbeddedGarnet garnet, ChannelWriter<IReadOnlyList<StoredKey>> pages)
    {
        try
        {
            garnet.Read(page => pages.WriteAsync([.. page.Where(key => Belongs(key.Key))]).AsTask().Wait());
            pages.TryComplete();
        }
#pragma warning disable CA1031 // Whoever reads the pages gets it.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            pages.TryComplete(failed);
        }
    }

    private JsonElement Line(StoredKey found) => Json.Object(json =>
    {
        json.WriteString("key", found.Key);
        json.WriteString("type", Types.Single(one => one.Type == found.Type).Name);
        json.WriteArray("items", found.Items, (writer, item) => writer.WriteBase64StringValue((byte[])item!));
        if (found.Left is { } left)
            json.WriteNumber("expiresAt", (connection.Now + left).ToUnixTimeMilliseconds());
    });
}
