using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>What a breach leads to, by cause and by what the objective says is to be done.</summary>
public sealed class ControlBreachTests(ControlStore store) : ControlTests(store)
{
    private const string HourlyBudget = """{"id":"availability","indicator":"availability","target":0.99,"window":"1h"}""";

    [Fact]
    public async Task Tick_ProvenBreach_IsRolledBackOnceWithItsEvidence()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);

        await Rig.RunUntilRollbackAsync(Failing, most: 4);
        await Rig.RunAsync(3, Failing);

        var rollback = Assert.Single(Rig.Rollbacks);
        Assert.Equal((RollbackCause.BreachProven, TrackKey.Ai, "availability"), (rollback.Cause, rollback.Track, rollback.Objective));
        Assert.Equal(["f"], rollback.Features);
        Assert.False(rollback.WholeTrack);
        Assert.True(rollback.Evidence!.G >= rollback.Evidence.Threshold && rollback.Evidence.C1 >= rollback.Evidence.Threshold);
        Assert.Equal(rollback.Counts!.Total, 60 + rollback.Counts.Bad);
        Assert.True(rollback.Counts.Bad >= GuardSettings.MinimumBad && rollback.Counts.ControlTotal > 0);
        Assert.Contains("Worse than its fallback", rollback.Reasons[0], StringComparison.Ordinal);
        Assert.False(Rig.Exposes("f"));
        Assert.True(Rig.Row("f").RolledBack);
    }

    [Fact]
    public async Task Tick_QuietIntervalAfterTheRollback_VerifiesIt()
    {
        await RolledBackAsync();

        await Rig.RunAsync(1, () => Rig.SendFallback("f", 15, 0, TrackKey.Ai));

        var rollback = Assert.Single(Rig.Rollbacks);
        Assert.Equal(RollbackState.Verified, rollback.State);
        Assert.Equal(Rig.Time.GetUtcNow(), rollback.VerifiedAt);
    }

    [Fact]
    public async Task Tick_ClientsGoOnServingTheVariant_IsUnverifiedUntilTheyStop()
    {
        await RolledBackAsync();

        await Rig.RunAsync(20, () => Rig.Send("f", 1, 0));
        Assert.Equal(RollbackState.Committed, Rig.Rollbacks[0].State);
        await Rig.RunAsync(1, () => Rig.Send("f", 1, 0));
        Assert.Equal(RollbackState.Unverified, Rig.Rollbacks[0].State);

        await Rig.RunAsync(1, () => Rig.SendFallback("f", 1, 0, TrackKey.Ai));
        Assert.Equal(RollbackState.Verified, Rig.Rollbacks[0].State);
    }

    [Fact]
    public async Task Tick_NothingIsReportedAfterTheRollback_IsVerifiedOnlyAfterAWhile()
    {
        await RolledBackAsync();

        await Rig.RunAsync(4, () => { });
        Assert.Equal(RollbackState.Committed, Rig.Rollbacks[0].State);
        await Rig.RunAsync(2, () => { });
        Assert.Equal(RollbackState.Verified, Rig.Rollbacks[0].State);
    }

    /// <summary>A scrape every 60 s under a round every 15 s: three of four intervals are quiet because nobody looked.</summary>
    [Fact]
    public async Task Tick_SourceIsSlowerThanTheLoop_IsNotVerifiedByIntervalsWithoutASample()
    {
        await RolledBackAsync();

        await Rig.RunAsync(1, () => Rig.Send("f", 1, 0));
        await Rig.RunAsync(3, () => { });

        Assert.Equal(RollbackState.Committed, Rig.Rollbacks[0].State);
    }

    [Fact]
    public async Task Tick_BudgetIsExhaustedWithoutProof_RollsBackForThatCause()
    {
        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: HourlyBudget)}]");
        await Rig.RunAsync(40, () => Rig.Send("f", 10, 0));
        await Rig.RunAsync(1, () => Rig.Send("f", 0, 4000));

        var rollback = Assert.Single(Rig.Rollbacks);
        Assert.Equal((RollbackCause.BudgetExhausted, false), (rollback.Cause, rollback.WholeTrack));
        Assert.Contains("exhausted", rollback.Reasons[0], StringComparison.Ordinal);
        Assert.Null(Rig.Row("f").ProvenAt);
        Assert.True(Rig.Row("f").Remaining < 0);
    }

    [Theory]
    [InlineData("pause", BreachAction.Pause)]
    [InlineData("observe", BreachAction.Observe)]
    public async Task Tick_ObjectiveDoesNotRollBack_OnlySaysSo(string action, BreachAction expected)
    {
        var objectives = string.Join(',', ((string[])["availability", "quality", "harm"]).Select(id =>
            $$"""{"id":"{{id}}","indicator":"{{id}}","target":0.99,"onBreach":"{{action}}"}"""));
        await Rig.ChangeAsync($"[{ControlRig.Put("f", objectives: objectives)}]");
        await Rig.ReleaseAsync("good");

        await Rig.RunAsync(20, () =>
        {
            Rig.Send("f", 0, 15);
            Rig.Send("good", 5000, 0);
        });

        Assert.Empty(Rig.Rollbacks);
        var row = Rig.Row("f");
        Assert.Equal((Verdict.Failed, expected), (row.Verdict, row.Action));
        Assert.Equal(expected == BreachAction.Pause, row.FreezeWidening);
        Assert.True(Rig.Exposes("f"));
    }

    [Fact]
    public async Task Tick_HarmIsReported_RollsBackThoughAvailabilityIsPerfect()
    {
        await Rig.ReleaseAsync("f");

        await Rig.RunUntilRollbackAsync(() =>
        {
            Rig.Send("f", 20, 0);
            Rig.Source.Add("f", TrackKey.Ai, "on", 0, 2, Indicator.Harm);
        });

        Assert.Equal(("harm", RollbackCause.BreachProven), (Rig.Rollbacks[0].Objective, Rig.Rollbacks[0].Cause));
        Assert.Equal(Verdict.Healthy, Rig.Row("f").Verdict);
        Assert.Equal(Rig.Row("f").Counts!.Total, Rig.Row("f", "harm").Counts!.Total);
    }

    [Fact]
    public async Task Tick_ControlFailsAsWell_HoldsAndTellsUntilBothHaveRecovered()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, Healthy);
        await Rig.RunAsync(20, () =>
        {
            Rig.Send("f", 5, 10);
            Rig.SendFallback("f", 50, 100);
        });

        var held = Rig.Row("f");
        Assert.Equal((Verdict.Inconclusive, true, true, true), (held.Verdict, held.SharedOutage, held.FreezeWidening, held.Page));
        Assert.True(Rig.Row(null).SharedOutage);
        Assert.Empty(Rig.Rollbacks);

        await Rig.RunAsync(150, Healthy);
        var over = Rig.Row("f");
        Assert.Equal((Verdict.Healthy, false, 1), (over.Verdict, over.SharedOutage, over.SpentWindows));
        Assert.Empty(Rig.Rollbacks);

        await Rig.RunUntilRollbackAsync(Failing, most: 5);
        Assert.Equal(["f"], Rig.Rollbacks[0].Features);
    }

    private void Healthy()
    {
        Rig.Send("f", 15, 0);
        Rig.SendFallback("f", 150, 1);
    }

    private void Failing()
    {
        Rig.Send("f", 0, 15);
        Rig.SendFallback("f", 150, 1);
    }

    private async Task RolledBackAsync()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunUntilRollbackAsync(Failing, most: 5);
    }
}
