using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class CheckpointsTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(1_000)]
    [InlineData(50_000)]
    public void Checkpoints_LedgerOfAnyLength_AreFewAndNeverFarApart(int length)
    {
        var checkpoints = new Checkpoints();
        for (var revision = 1; revision <= length; revision++)
            checkpoints.Offer(Snapshot.Empty with { Revision = revision });

        Assert.InRange(checkpoints.Count, 0, Checkpoints.Most);
        Assert.True(checkpoints.Distance <= Math.Max(16, 2L * length / Checkpoints.Most));
        for (var revision = 0; revision <= length; revision += 7)
            Assert.InRange(revision - checkpoints.Before(revision).Revision, 0, checkpoints.Distance - 1);
    }
}
