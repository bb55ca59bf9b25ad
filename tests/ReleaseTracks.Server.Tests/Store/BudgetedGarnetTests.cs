using Microsoft.Extensions.Logging.Abstractions;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Tests.Store;

public sealed class BudgetedGarnetTests
{
    private const int Writers = 4;
    private const int People = 2_000;
    private const int Counters = 64;
    private const long Budget = 1024 * 1024;

    /// <summary>Such as end the process now and then if Garnet makes room by itself.</summary>
    [Fact]
    public async Task Write_ManyTimesTheBudgetFromSeveralConnections_KeepsToItAndLosesNothing()
    {
        using var data = new TemporaryDirectory();
        BudgetedGarnet? garnet = null;
        await using var small = new SmallGarnet(data.Path, options => garnet = new(options, NullLoggerFactory.Instance, () => 1));
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => WriteAsync(small, writer)));

        await using var connection = await small.ConnectAsync();
        var database = connection.GetDatabase();
        await Eventually.TrueAsync(
            async () => await database.PingAsync() > TimeSpan.Zero && garnet!.Bytes <= Budget, "what is over the budget goes to disk");
        foreach (var page in Enumerable.Range(0, Writers * People).Chunk(1000))
            Assert.Equal(page, (await Task.WhenAll(page.Select(i => database.ListGetByIndexAsync(Person(i), 0)))).Select(number => (int)number));
        var counted = await Task.WhenAll(Enumerable.Range(0, Counters).Select(counter => database.HashGetAsync(Counter(counter), "all")));
        Assert.Equal(Writers * People, counted.Sum(count => (int)count));
    }

    private static async Task WriteAsync(SmallGarnet small, int writer)
    {
        await using var connection = await small.ConnectAsync();
        var database = connection.GetDatabase();
        var receipt = new byte[2000];
        foreach (var page in Enumerable.Range(writer * People, People).Chunk(100))
        {
            await Task.WhenAll(page.SelectMany(i => (Task[])[
                database.ListRightPushAsync(Person(i), [i, receipt]), database.HashIncrementAsync(Counter(i % Counters), "all")]));
        }
    }

    private static RedisKey Person(int number) => $"person:{number}";

    private static RedisKey Counter(int number) => $"counter:{number}";
}
