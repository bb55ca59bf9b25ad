using ReleaseTracks.Server.Streams;

namespace ReleaseTracks.Server.Tests.Streams;

public sealed class StreamClientTests
{
    [Fact]
    public async Task Client_ThatDoesNotRead_IsClosedInsteadOfHoldingUpOthers()
    {
        var client = new StreamClient(null, null);
        var told = 0;
        while (!client.Events.Completion.IsCompleted && told < 100_000)
        {
            client.Tell(new(StreamEventKind.Revision, ++told));
            if (client.Events.Count < told)
                break;
        }

        var read = 0;
        await foreach (var _ in client.Events.ReadAllAsync(TestContext.Current.CancellationToken))
            read++;

        Assert.InRange(read, 1, told - 1);
        Assert.True(client.Events.Completion.IsCompleted);
    }

    [Fact]
    public void RecentChanges_ManyUsers_ForgetInFavourOfDoubt()
    {
        var recent = new RecentChanges(0);
        for (var i = 0; i <= 100_000; i++)
            recent.Enrolled((UInt128)i, 10);

        Assert.True(recent.MayHaveChanged(new(0, 5, 10)));
        Assert.False(recent.MayHaveChanged(new(0, 5, 11)));
    }
}
