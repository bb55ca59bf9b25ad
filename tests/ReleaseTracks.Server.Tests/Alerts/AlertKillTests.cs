using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>SIGKILL after a receiver took an alert and before the server wrote down that it did.</summary>
public sealed class AlertKillTests
{
    [Fact]
    public async Task Server_KilledBetweenSendingAndWritingItDown_SaysItAgainUnderTheSameIdAndThenGoesOn()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        var release = new TaskCompletionSource();
        receiver.Answer = (number, _) => number == 1 ? release.Task : Task.CompletedTask;
        using var data = new TemporaryDirectory();
        string[] settings = [.. AlertCalls.Settings.Select(one => $"--{one.Key}={one.Value}"), "--ReleaseTracks:Control:Interval=200ms"];
        await using (var first = await ServerProcess.StartAsync(data.Path, settings))
        {
            await ApplyAsync(first.Client, AlertCalls.Webhook(receiver.Url));
            await ApplyAsync(first.Client, $$"""[{"op":"feature.put","feature":{{TestServerCalls.SmartReplies}}}]""");
            Assert.Equal(200, (await first.Client.CallAsync("POST /api/v1/features/smart-replies/rollback", """{"track":"ai","reason":"test"}""")).Status);
            await receiver.NthAsync(1);
            await first.KillAsync();
        }

        release.SetResult();
        await using var second = await ServerProcess.StartAsync(data.Path, settings);

        var (before, again, next) = (await receiver.NthAsync(1), await receiver.NthAsync(2), await receiver.NthAsync(3));
        Assert.Equal(before.Id, again.Id);
        Assert.Equal(before.Body, again.Body);
        Assert.Equal(("releasetracks.rollback.committed", "releasetracks.rollback.verified"), (again.Type, next.Type));
        Assert.All(receiver.All, one => Assert.True(one.IsSignedWith(AlertReceiver.Secret)));
    }

    private static async Task ApplyAsync(HttpClient client, string changes)
    {
        var plan = (await client.CallAsync("POST /api/v1/plans", $$"""{"title":"t","reason":"r","changes":{{changes}}}""")).Json;
        var (path, hash) = ($"/api/v1/plans/{plan.GetProperty("id").GetString()}", plan.GetProperty("hash").GetString());
        await client.CallAsync($"POST {path}/approvals", $$"""{"hash":"{{hash}}","decision":"approve"}""");
        Assert.Equal(200, (await client.CallAsync($"POST {path}/apply", $$"""{"hash":"{{hash}}"}""")).Status);
    }
}
