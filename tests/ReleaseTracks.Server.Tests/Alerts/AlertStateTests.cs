using Microsoft.Extensions.Options;
using ReleaseTracks.Alerts;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Alerts;
using ReleaseTracks.Server.Alerts.Delivery;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>What the control loop sees becomes entries of the ledger, and only the leader tells of them.</summary>
public sealed class AlertStateTests(ControlStore store) : ControlTests(store)
{
    private static readonly RowKey OfFeature = new("f", TrackKey.Ai, "availability");

    [Fact]
    public async Task Blind_ForItsBound_IsRaisedAndResolvedWhenItIsMeasuredAgain()
    {
        await ListenAsync();
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Rig.Source.Hang();

        await Rig.RunAsync(39, () => { });
        Assert.False(Holds(AlertEvent.Blind));
        await Rig.RunAsync(1, () => { });
        Assert.True(Holds(AlertEvent.Blind));
        Assert.True(Holds(AlertEvent.Blind, new(null, TrackKey.Ai, "availability")));
        Assert.Contains("no answer within 5 s", Rig.State.Alerts[AlertCondition.IdOf(AlertEvent.Blind, OfFeature)].Reason, StringComparison.Ordinal);

        Rig.Source.Recover();
        // At least so long as an alert lasts, however soon it is over.
        await Rig.RunAsync(19, Healthy);
        Assert.True(Holds(AlertEvent.Blind));
        await Rig.RunAsync(2, Healthy);
        Assert.False(Holds(AlertEvent.Blind));
    }

    [Fact]
    public async Task SharedOutage_IsRaisedWithoutARollback_AndResolvedWhenItIsOver()
    {
        await ListenAsync();
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        await Rig.RunAsync(20, () =>
        {
            Rig.Send("f", 5, 10);
            Rig.SendFallback("f", 50, 100);
        });

        Assert.True(Holds(AlertEvent.SharedOutage));
        Assert.Empty(Rig.Rollbacks);
        await Rig.RunAsync(150, Healthy);
        Assert.False(Holds(AlertEvent.SharedOutage));
    }

    [Fact]
    public async Task Budget_Spent_IsRaised()
    {
        await ListenAsync();
        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: """ {"id":"availability","indicator":"availability","target":0.99,"window":"1h","onBreach":"observe"} """)}]");

        await Rig.RunAsync(4, () => Rig.Send("f", 0, 150));

        Assert.True(Holds(AlertEvent.BudgetExhausted));
        Assert.StartsWith("450 of 450 failed", Rig.State.Alerts[AlertCondition.IdOf(AlertEvent.BudgetExhausted, OfFeature)].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_AsksForIt_NothingIsWritten()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        var before = Rig.State.Revision;
        Rig.Source.Hang();

        await Rig.RunAsync(60, () => { });

        Assert.Equal(before, Rig.State.Revision);
    }

    [Fact]
    public async Task Leader_ThatLostItsLease_NeitherRaisesNorWritesHowFarItTold()
    {
        await ListenAsync();
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        Rig.Source.Hang();
        await Rig.RunAsync(39, () => { });
        var before = Rig.State.Revision;
        var stored = await Rig.Database.StringGetAsync(StoreKeys.ControlLease);
        var late = new LeaseToken(stored.ToString().Split('|')[1], long.Parse(stored.ToString().Split('|')[0], System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(await Rig.Get<AlertStore>().WriteAsync(late, "d", [1]));

        await Rig.Database.KeyDeleteAsync(StoreKeys.ControlLease);
        var other = await Rig.Get<LeaseStore>().TryAcquireAsync("other", TimeSpan.FromMinutes(10));
        Assert.False(await Rig.TickAsync());

        Assert.Equal(before, Rig.State.Revision);
        Assert.False(await Rig.Get<LeaseStore>().HoldsAsync(late));
        Assert.False(await Rig.Get<AlertStore>().WriteAsync(late, "d", [2]));
        Assert.False(await Rig.Get<AlertStore>().ForgetAsync(late, "d"));
        Assert.Equal([1], (await Rig.Get<AlertStore>().ReadAsync("d"))!);
        Assert.True(await Rig.Get<AlertStore>().WriteAsync(other!, "d", [3]));
    }

    /// <summary>The clock moves only when told, so it is known how often it is said.</summary>
    [Fact]
    public async Task Alertmanager_IsToldAgainWhileItLasts_ByTheLeaderOnly()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await ListenAsync(receiver.Url);
        await Rig.ReleaseAsync("f");
        var options = Rig.Get<IOptions<AlertOptions>>().Value;
        (options.AllowedHosts, options.AllowPrivateNetworks) = ("127.0.0.1", true);
        var lease = await Rig.Get<LeaseStore>().TryAcquireAsync("first", TimeSpan.FromMinutes(10));
        Rig.Get<ControlLeader>().Held = lease;
        await Rig.StartServiceAsync<AlertDelivery>();

        await Rig.RollBackAsync("f");
        var began = Ends(await receiver.NthAsync(1));
        await AdvanceUntilAsync(receiver, 2);
        Assert.InRange(Ends(receiver.All[1]) - began, AlertmanagerWorker.SayAgain, AlertmanagerWorker.SayAgain + TimeSpan.FromMinutes(1));

        // Somebody else leads: this server believes otherwise, asks before it speaks, and stays silent.
        await Rig.Database.KeyDeleteAsync(StoreKeys.ControlLease);
        var other = await Rig.Get<LeaseStore>().TryAcquireAsync("second", TimeSpan.FromMinutes(10));
        for (var i = 0; i < 5; i++)
            Rig.Time.Advance(AlertmanagerWorker.SayAgain);
        var known = receiver.All.Count;
        Rig.Get<ControlLeader>().Held = other;
        await AdvanceUntilAsync(receiver, known + 1);
        Assert.Equal(2, known);
    }

    private static DateTimeOffset Ends(Received received) => received.Json[0].GetProperty("endsAt").GetDateTimeOffset();

    private Task AdvanceUntilAsync(AlertReceiver receiver, int count) => Eventually.TrueAsync(
        () =>
        {
            if (receiver.All.Count < count)
                Rig.Time.Advance(AlertDelivery.LookEvery);
            return receiver.All.Count >= count;
        },
        $"request {count} arrives",
        TimeSpan.FromSeconds(60));

    private Task ListenAsync(string url = "http://127.0.0.1") =>
        Rig.ChangeAsync($$$"""[{"op":"destination.put","destination":{"key":"am","kind":"alertmanager","url":"{{{url}}}"}}]""");

    private bool Holds(AlertEvent which, RowKey? row = null) => Rig.State.Alerts.ContainsKey(AlertCondition.IdOf(which, row ?? OfFeature));

    private void Healthy()
    {
        Rig.Send("f", 15, 0);
        Rig.SendFallback("f", 150, 1);
    }
}
