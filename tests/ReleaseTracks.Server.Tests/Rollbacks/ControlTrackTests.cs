using ReleaseTracks.Access;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>The track as a whole: what it catches, and what must not be held against it.</summary>
public sealed class ControlTrackTests(ControlStore store) : ControlTests(store)
{
    private const string HourlyTrack = """
        {"op":"track.put","track":{"key":"ai","name":"AI","optIn":true,"disclosure":{"version":2,"text":"Now with an hour."},
        "objectives":[{"id":"availability","indicator":"availability","target":0.99,"window":"1h"}]}}
        """;

    private static readonly string[] Twelve = [.. Enumerable.Range(0, 12).Select(i => $"f{i:00}")];

    [Fact]
    public async Task Tick_TrackFailsAndNoFeatureByItself_RollsBackTheWorstAndClosesTheTrack()
    {
        await Rig.ReleaseAsync(Twelve);
        var round = 0;
        await Rig.RunUntilRollbackAsync(() => SpreadFailures(round++), most: 10);

        var rollback = Assert.Single(Rig.Rollbacks);
        Assert.True(rollback.WholeTrack);
        Assert.Equal(rollback.Id, Rig.State.Tracks[TrackKey.Ai].ClosedBy);
        Assert.Equal(12, rollback.Ranking.Length);
        Assert.Equal(rollback.Ranking.OrderByDescending(rank => rank.Excess).Select(rank => rank.Excess), rollback.Ranking.Select(rank => rank.Excess));
        Assert.Equal(rollback.Ranking.Where(rank => rank.RolledBack).Select(rank => rank.Feature), rollback.Features);
        Assert.All(rollback.Ranking, rank => Assert.Equal(rank.Bad > 0, rank.RolledBack));
        Assert.All(rollback.Features, feature => Assert.False(Rig.Exposes(feature)));
    }

    [Fact]
    public async Task Closed_Newcomer_IsRefusedUntilAPlanOpensItAgain()
    {
        await Rig.ReleaseAsync(Twelve);
        var round = 0;
        await Rig.RunUntilRollbackAsync(() => SpreadFailures(round++), most: 10);
        Assert.Equal(EnrollmentRefusal.TrackClosed, (await EnrolAsync("anna")).Refusal);

        await Rig.ChangeAsync(ControlRig.Clear(null));

        Assert.Null(Rig.State.Tracks[TrackKey.Ai].ClosedBy);
        Assert.All(Twelve, feature => Assert.True(Rig.Exposes(feature)));
        Assert.Null((await EnrolAsync("anna")).Refusal);
        Assert.Equal(RollbackState.Cleared, Rig.Rollbacks[0].State);
        await Rig.RunAsync(40, () => SendAll(10, 0));
        Assert.Single(Rig.Rollbacks);
        Assert.Equal(Verdict.Healthy, Rig.Row(null).Verdict);
    }

    [Fact]
    public async Task Tick_OneBadFeatureIsRolledBack_TheOthersAreLeftAlone()
    {
        await Rig.ReleaseAsync("bad", "b", "c");
        await Rig.RunUntilRollbackAsync(() => Mixed(badly: 10));
        Assert.Equal(["bad"], Rig.Rollbacks[0].Features);

        // Clients that have not heard of it yet go on for two minutes.
        await Rig.RunAsync(8, () => Mixed(badly: 10));
        Assert.True(Rig.Row(null).Counts!.Bad <= 1);
        await Rig.RunAsync(100, () => Mixed(badly: 0));

        Assert.Single(Rig.Rollbacks);
        Assert.True(Rig.Exposes("b") && Rig.Exposes("c"));
        Assert.Equal(Verdict.Healthy, Rig.Row(null).Verdict);
    }

    [Fact]
    public async Task Tick_OneBadFeatureSpentTheBudgetOfTheTrack_TheOthersAreLeftAlone()
    {
        await Rig.ChangeAsync($"[{HourlyTrack}]");
        await Rig.ReleaseAsync("bad", "b");
        await Rig.RunAsync(20, () => Both(10, 0));
        await Rig.RunUntilRollbackAsync(() => Both(0, 1000));
        Assert.Equal(["bad"], Rig.Rollbacks[0].Features);

        await Rig.RunAsync(1, () => Rig.Send("b", 9, 1));
        Assert.Equal((Verdict.Failed, RollbackCause.BudgetExhausted), (Rig.Row(null).Verdict, Rig.Row(null).Cause));
        Assert.Single(Rig.Rollbacks);

        await Rig.ChangeAsync(ControlRig.Clear("bad"));
        await Rig.RunAsync(1, () => Both(9, 1));
        Assert.Single(Rig.Rollbacks);

        void Both(long good, long bad)
        {
            Rig.Send("bad", good, bad);
            Rig.Send("b", 10, 0);
        }
    }

    [Fact]
    public async Task Clear_TrackWhoseBudgetWasSpent_StartsANewOne()
    {
        await Rig.ChangeAsync($"[{HourlyTrack}]");
        await Rig.ReleaseAsync(Twelve);
        var round = 0;
        await Rig.RunUntilRollbackAsync(() => SpreadFailures(round++), most: 10);
        Assert.True(Rig.Row(null).Remaining < 0 || Rig.Row(null).Bad > 0);
        await Rig.ChangeAsync(ControlRig.Clear(null));

        await Rig.RunAsync(1, () => SendAll(10, 0));
        Assert.Equal((0, 120), (Rig.Row(null).Bad, Rig.Row(null).Good));
        await Rig.RunAsync(1, () => Rig.Send("f00", 9, 1));
        Assert.Single(Rig.Rollbacks);
    }

    [Theory]
    [InlineData("kill")]
    [InlineData("archive")]
    [InlineData("unrelease")]
    public async Task Tick_TheBadFeatureWasTakenOutByHand_TheOthersAreLeftAlone(string how)
    {
        await Rig.ReleaseAsync("bad", "b", "c");
        await Rig.RunAsync(1, () => Mixed(badly: 10));
        if (how == "kill")
            await Rig.KillAsync("bad");
        else
            await Rig.ChangeAsync(how == "archive"
                ? """[{"op":"feature.archive","feature":"bad"}]"""
                : """[{"op":"release.remove","feature":"bad","track":"ai"}]""");

        await Rig.RunAsync(20, () => Mixed(badly: 10));

        Assert.Empty(Rig.Rollbacks);
        Assert.False(Rig.HasRow("bad"));
        Assert.Equal(Verdict.Healthy, Rig.Row(null).Verdict);
    }

    private Task<EnrollmentDecision> EnrolAsync(string user) => Rig.Get<EnrollmentService>().ChangeAsync(
        user,
        new(TrackKey.Ai, true, null, Rig.State.Tracks[TrackKey.Ai].Config.Disclosure!.Version),
        new(ActorKinds.Sdk, "k", "key"));

    /// <summary>A quarter of the track fails, of each feature no more than one use at a time.</summary>
    private void SpreadFailures(int round)
    {
        for (var i = 0; i < Twelve.Length; i++)
        {
            var bad = (round + i) % 4 == 0 ? 1 : 0;
            Rig.Send(Twelve[i], 1 - bad, bad);
        }
    }

    private void SendAll(long good, long bad)
    {
        foreach (var feature in Twelve)
            Rig.Send(feature, good, bad);
    }

    private void Mixed(long badly)
    {
        Rig.Send("bad", 0, badly);
        Rig.Send("b", 100, 0);
        Rig.Send("c", 100, 0);
    }
}
