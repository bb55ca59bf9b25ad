using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>Everything in the embedded store in one pass, most of it on disk.</summary>
public sealed class GarnetContentsTests : IDisposable
{
    private const int Users = 30_000;
    private readonly TemporaryDirectory data = new();

    [Fact]
    public async Task Dump_MorePeopleThanFitIntoMemory_HasEachWithWhatIsKnownOfThem()
    {
        var filler = RandomNumberGenerator.GetBytes(1500);
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        var database = bench.Connection.Database;
        foreach (var page in Enumerable.Range(0, Users).Chunk(1000))
        {
            await Task.WhenAll(page.SelectMany(i => (Task[])[
                database.HashSetAsync(StoreKeys.User($"user-{i}"), [new("track", "ai"), new("version", i)]),
                database.ListRightPushAsync(StoreKeys.Receipts($"user-{i}"), filler)]));
        }

        await database.SortedSetAddAsync(StoreKeys.Batches, [new("once", 0.1), new("twice", double.MaxValue)]);
        await database.StringSetAsync("rt:elsewhere", "not in a backup");
        var found = await new StoreDump(bench.Connection).ReadAsync()
            .ToDictionaryAsync(line => line.GetProperty("key").GetString()!, line => line, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((2 * Users) + 1, found.Count);
        for (var i = 0; i < Users; i++)
        {
            Assert.Equal(["track", "ai", "version", i.ToString(CultureInfo.InvariantCulture)], Items(found[StoreKeys.User($"user-{i}").ToString()]));
            Assert.Equal(Convert.ToBase64String(filler), found[StoreKeys.Receipts($"user-{i}").ToString()].GetProperty("items")[0].GetString());
        }

        Assert.Equal(["once", "0.1", "twice", "1.7976931348623157E+308"], Items(found[StoreKeys.Batches.ToString()]));
    }

    [Fact]
    public async Task Dump_ThatNobodyReadsToItsEnd_Ends()
    {
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        foreach (var page in Enumerable.Range(0, 10_000).Chunk(1000))
            await Task.WhenAll(page.Select(i => bench.Connection.Database.HashSetAsync(StoreKeys.User($"user-{i}"), [new("track", "ai")])));

        Assert.Equal(1, await new StoreDump(bench.Connection).ReadAsync().Take(1).CountAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5000)]
    public async Task Read_WhoeverTakesItFails_SaysWhy(int keys)
    {
        await using var bench = await StoreBench.EmbeddedAsync(data.Path);
        await Task.WhenAll(Enumerable.Range(0, keys).Select(i => bench.Connection.Database.StringSetAsync($"key:{i}", "value")));
        var pages = 0;

        var failed = Assert.Throws<IOException>(() => bench.Connection.Embedded!.Read(_ => throw new IOException($"disk full at {++pages}")));

        Assert.Equal("disk full at 1", failed.Message);
    }

    public void Dispose() => data.Dispose();

    private static IEnumerable<string> Items(JsonElement line) =>
        line.GetProperty("items").EnumerateArray().Select(item => System.Text.Encoding.UTF8.GetString(item.GetBytesFromBase64()));
}
