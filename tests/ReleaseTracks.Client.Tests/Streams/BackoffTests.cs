using CsCheck;
using ReleaseTracks.Client.Streams;

namespace ReleaseTracks.Client.Tests.Streams;

public sealed class BackoffTests
{
    [Fact]
    public void After_AnyNumberOfFailures_IsBoundedAndNeverZero() => Gen.Select(Gen.Int[1, int.MaxValue], Gen.Double[0, 0.999]).Sample((failures, sample) =>
    {
        var wait = Backoff.After(failures, sample);
        return wait >= TimeSpan.FromMilliseconds(100) && wait <= TimeSpan.FromSeconds(30);
    });

    [Fact]
    public void After_MoreFailures_WaitsLonger()
    {
        Assert.Equal(TimeSpan.FromMilliseconds(100), Backoff.After(1, 0));
        Assert.Equal(TimeSpan.FromMilliseconds(200), Backoff.After(2, 0));
        Assert.Equal(TimeSpan.FromSeconds(15), Backoff.After(20, 0));
    }

    [Fact]
    public void After_ManyClients_AreSpreadOverHalfTheWait() =>
        Assert.Equal(TimeSpan.FromSeconds(15) * 0.5, Backoff.After(20, 0.5) - Backoff.After(20, 0));
}
