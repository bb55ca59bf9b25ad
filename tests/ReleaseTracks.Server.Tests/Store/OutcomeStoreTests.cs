using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Store;

[Collection(nameof(StoreServers))]
public sealed class OutcomeStoreTests(StoreServers servers)
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, EveryBackend]
    public async Task Record_SameBatchTwice_CountsOnce(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Outcomes;

        Assert.True(await store.RecordAsync("b1", [Count("ranking", 5, 0)], Now));
        Assert.False(await store.RecordAsync("b1", [Count("ranking", 5, 0)], Now));
        Assert.True(await store.RecordAsync("b2", [Count("ranking", 1, 2)], Now.AddSeconds(1)));

        var counters = await store.ReadAsync();
        Assert.Equal(new OutcomeTotals(6, 2), Assert.Single(counters.Totals).Value);
        Assert.Equal(Now.AddSeconds(1), counters.Reported[("ranking", TrackKey.Ai)]);
    }

    [Theory, EveryBackend]
    public async Task Record_SameBatchFromEightAtOnce_CountsOnce(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Outcomes;

        var counted = await Task.WhenAll(Enumerable.Range(0, 40).Select(
            i => Task.Run(() => store.RecordAsync($"b{i % 5}", [Count("ranking", 1, 1)], Now))));

        Assert.Equal(5, counted.Count(value => value));
        Assert.Equal(new OutcomeTotals(5, 5), Assert.Single((await store.ReadAsync()).Totals).Value);
    }

    [Theory, EveryBackend]
    public async Task Record_OnlyGood_CreatesTheBadCounterToo(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);

        await bench.Outcomes.RecordAsync("b1", [Count("ranking", 5, 0)], Now);

        var fields = await bench.Connection.Database.HashGetAllAsync(StoreKeys.Counters);
        Assert.Equal(
            ["ranking|ai|on|availability|bad", "ranking|ai|on|availability|good"],
            fields.Select(field => field.Name.ToString()).Order(StringComparer.Ordinal));
    }

    [Theory, EveryBackend]
    public async Task Record_ThousandOutcomesSomeOfTheSameSeries_AddsAllUp(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Outcomes;
        var counts = Enumerable.Range(0, 1000).Select(i => Count($"f{i % 700}", i, 1)).ToList();

        Assert.True(await store.RecordAsync("b1", counts, Now));
        Assert.True(await store.RecordAsync("b2", counts, Now));

        var totals = (await store.ReadAsync()).Totals;
        Assert.Equal(700, totals.Count);
        Assert.Equal(new OutcomeTotals(2 * (10 + 710), 4), totals[Count("f10", 0, 0).Series]);
        Assert.Equal(2 * Enumerable.Range(0, 1000).Sum(), totals.Values.Sum(total => total.Good));
    }

    [Theory, EveryBackend]
    public async Task Record_OddVariantNames_AreReadBackAsWritten(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Outcomes;
        string[] variants = ["a|b", "🦊", "|", "", "good|bad", "x\ny"];

        await store.RecordAsync("🦊\n", [.. variants.Select(v => new OutcomeCount("f", TrackKey.Ai, v, Indicator.Harm, 1, 0))], Now);

        Assert.Equal(
            variants.Order(StringComparer.Ordinal),
            (await store.ReadAsync()).Totals.Keys.Select(series => series.Variant).Order(StringComparer.Ordinal));
    }

    [Theory, EveryBackend]
    public async Task Record_ADayLater_ForgetsTheOldBatchIds(Backend backend)
    {
        var bench = await servers.EmptyAsync(backend);
        for (var i = 0; i < 10; i++)
            await bench.Outcomes.RecordAsync($"old{i}", [], Now);

        Assert.False(await bench.Outcomes.RecordAsync("old1", [], Now.AddHours(23)));
        await bench.Outcomes.RecordAsync("new", [], Now.AddHours(24).AddSeconds(1));

        Assert.Equal(1, await bench.Connection.Database.SortedSetLengthAsync(StoreKeys.Batches));
    }

    [Theory, EveryBackend]
    public async Task Record_LateBatch_DoesNotMoveReportedBack(Backend backend)
    {
        var store = (await servers.EmptyAsync(backend)).Outcomes;
        await store.RecordAsync("b1", [Count("ranking", 1, 0)], Now);
        await store.RecordAsync("b2", [Count("ranking", 1, 0)], Now.AddMinutes(-1));

        Assert.Equal(Now, (await store.ReadAsync()).Reported[("ranking", TrackKey.Ai)]);
    }

    private static OutcomeCount Count(string feature, long good, long bad) =>
        new(feature, TrackKey.Ai, "on", Indicator.Availability, good, bad);
}
