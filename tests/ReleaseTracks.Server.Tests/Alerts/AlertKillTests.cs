using ReleaseTracks.Server.Tests.Faults;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>SIGKILL after a receiver took an alert and before the server wrote down that it did.</summary>
public sealed class AlertKillTests
{
    [Fact]
    public async Task Server_KilledBetweenSendingAndWritingItDown_SaysItAgainUnderTheSameIdAndThenGoesOn()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await ReceiverAsync(release.Task);
        using var data = new TemporaryDirectory();
        await using (var first = await ServerProcess.StartAsync(data.Path, AlertCalls.Switches))
            await KillWhileItSendsAsync(first, receiver);

        release.SetResult();
        await using var second = await ServerProcess.StartAsync(data.Path, AlertCalls.Switches);

        await IsSaidAgainAsync(receiver);
    }

    [Fact]
    public async Task Leader_KilledBetweenSendingAndWritingItDown_TheOtherServerSaysItAgainAndGoesOn()
    {
        var release = new TaskCompletionSource();
        await using var receiver = await ReceiverAsync(release.Task);
        await using var redis = await RedisServer.StartAsync();
        using var data = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        string[] shared = [.. AlertCalls.Switches, "--redis", redis.ConnectionString];
        await using var first = await ServerProcess.StartAsync(data.Path, shared);
        await Eventually.TrueAsync(first.LeadsAsync, "the first leads", TimeSpan.FromSeconds(60));
        await using var second = await ServerProcess.StartAsync(other.Path, shared);

        await KillWhileItSendsAsync(first, receiver);
        release.SetResult();

        await IsSaidAgainAsync(receiver);
        Assert.True(await second.LeadsAsync());
    }

    /// <summary>Takes its time over the first alert.</summary>
    private static async Task<AlertReceiver> ReceiverAsync(Task first)
    {
        var receiver = await AlertReceiver.StartAsync();
        receiver.Answer = (number, _) => number == 1 ? first : Task.CompletedTask;
        return receiver;
    }

    private static async Task KillWhileItSendsAsync(ServerProcess server, AlertReceiver receiver)
    {
        await server.Client.ApplyAsync(AlertCalls.Webhook(receiver.Url));
        await server.Client.PutAndRollBackAsync();
        await receiver.NthAsync(1);
        await server.KillAsync();
    }

    private static async Task IsSaidAgainAsync(AlertReceiver receiver)
    {
        var (before, again, next) = (await receiver.NthAsync(1), await receiver.NthAsync(2), await receiver.NthAsync(3));
        Assert.Equal(before.Id, again.Id);
        Assert.Equal(before.Body, again.Body);
        Assert.Equal(("releasetracks.rollback.committed", "releasetracks.rollback.verified"), (again.Type, next.Type));
        Assert.All(receiver.All, one => Assert.True(one.IsSignedWith(AlertReceiver.Secret)));
    }
}
