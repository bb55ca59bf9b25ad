using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Tests.Store;
using ReleaseTracks.Tracks;
using OutcomeSeries = ReleaseTracks.Objectives.OutcomeSeries;

namespace ReleaseTracks.Server.Tests.Objectives;

[Collection(nameof(StoreServers))]
public sealed class BuiltInOutcomeSourceTests(StoreServers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_FirstOutcomesAfterAnEmptyReading_CountInFull()
    {
        var outcomes = (await servers.EmptyAsync(Backend.Redis)).Outcomes;
        var source = new BuiltInOutcomeSource(outcomes, TimeProvider.System);
        var deltas = new CounterDeltas();
        deltas.Apply(BuiltInOutcomeSource.Beginning);

        Assert.Empty(deltas.Apply(await source.ReadAsync(Stop)).Counts);
        await outcomes.RecordAsync("b1", [new("f", TrackKey.Ai, "on", Indicator.Availability, 7, 3)], TimeProvider.System.GetUtcNow());

        var counted = deltas.Apply(await source.ReadAsync(Stop)).Counts;
        Assert.Equal(new OutcomeCounts(7, 3), Assert.Single(counted).Value);
        Assert.Equal(new OutcomeSeries("f", TrackKey.Ai, "on", Indicator.Availability), counted.Keys.Single());
    }
}
