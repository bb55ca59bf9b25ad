using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>The network to Redis is slow, or breaks in the middle of a write.</summary>
public sealed class RedisNetworkTests : IAsyncLifetime
{
    private const int Cuts = 20;
    private const int Seed = 20260302;
    private readonly RedisProxy network = new();
    private RedisServer redis = null!;
    private TestServer server = null!;

    public async ValueTask InitializeAsync()
    {
        redis = await RedisServer.StartAsync();
        network.Target = redis.Port;
        server = await TestServer.StartAsync(new() { Redis = network.ConnectionString });
        await server.PutFeatureAsync(Api.Feature("f"));
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await network.DisposeAsync();
        await redis.DisposeAsync();
    }

    [Fact]
    public async Task Answers_HalfASecondLate_EvaluateAtOnceAndEveryWriteCommitsOnce()
    {
        await server.Admin.EvaluatesAsync();
        network.Latency = TimeSpan.FromMilliseconds(500);

        var writes = Enumerable.Range(0, 8).Select(i => server.Admin.ProposesAsync($"slow-{i}")).ToArray();
        // As many as there is time for while the writes are under way: none of them waits for Redis.
        var evaluations = 0;
        do
        {
            await server.Admin.EvaluatesAsync();
            evaluations++;
        }
        while (!writes.All(write => write.IsCompleted));

        Assert.All(await Task.WhenAll(writes), Assert.True);
        Assert.True(evaluations > 20, $"{evaluations} evaluations while eight writes took seconds");
        var proposed = await server.Admin.ProposedAsync();
        Assert.All(Enumerable.Range(0, 8), i => Assert.Equal(1, proposed.GetValueOrDefault($"slow-{i}")));
    }

    [Fact]
    public async Task Connection_CutInTheMiddleOfWrites_CommitsEachOnceOrRefusesIt()
    {
        var random = new Random(Seed);
        var (taken, refused) = (new HashSet<string>(), 0);
        for (var round = 0; round < Cuts; round++)
        {
            // Before the script reaches Redis, or when it has been run and its answer is on the way.
            var (left, loses) = (random.Next(1, 6), random.Next(2) == 0);
            network.OnCommand = name =>
            {
                if (name.StartsWith("EVAL", StringComparison.OrdinalIgnoreCase) && Interlocked.Decrement(ref left) == 0)
                {
                    network.LosesAnswers = loses;
                    if (!loses)
                        network.Cut();
                }

                return null;
            };
            var titles = Enumerable.Range(0, 6).Select(i => $"cut-{round}-{i}").ToArray();
            var done = await Task.WhenAll(titles.Select(title => server.Admin.ProposesAsync(title)));
            (network.OnCommand, network.LosesAnswers) = (null, false);
            taken.UnionWith(titles.Where((_, i) => done[i]));
            refused += done.Count(one => !one);
            await server.Admin.EvaluatesAsync();
            await Eventually.TrueAsync(
                async () => (await server.Admin.CallAsync("GET /healthz/ready")).Json.GetProperty("status").GetString() == "ready" && await server.Admin.ProposesAsync($"between-{round}"),
                "it goes on without a restart",
                FaultCalls.Bound);
        }

        var proposed = await server.Admin.ProposedAsync();
        Assert.All(taken, title => Assert.Equal(1, proposed.GetValueOrDefault(title)));
        Assert.All(proposed, title => Assert.Equal(1, title.Value));
        // Cuts that hit nothing would prove nothing.
        Assert.True(refused > 0 && taken.Count > 0, $"{taken.Count} taken, {refused} refused");
    }
}
