using ReleaseTracks.Access;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger.Reading;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>What people look back on after a rollback, and how they bring it back.</summary>
public sealed class ControlTrailTests(ControlStore store) : ControlTests(store)
{
    private static readonly Actor Sre = new(ActorKinds.Person, "sam", "cookie");

    [Fact]
    public async Task Breach_Proven_KeepsHowTheEvidenceCrossedItsThreshold()
    {
        await BreachAsync();

        var rollback = Assert.Single(Rig.Rollbacks);
        Assert.True(rollback.Trail[^1].G >= rollback.Evidence!.Threshold);
        Assert.True(rollback.Trail[0].G < rollback.Evidence.Threshold);
        Assert.Equal(rollback.Evidence.G, rollback.Trail[^1].G!.Value, 3);
        Assert.True(rollback.RisingSince <= rollback.ProvenAt && rollback.ProvenAt <= rollback.At);
    }

    [Fact]
    public async Task Restart_InTheMiddleOfARise_GoesOnWithTheTrail()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(6, () => Traffic(30, 1));
        var before = Rig.Row("f").Trail;

        await RestartAsync();
        await Rig.RunAsync(1, () => Traffic(30, 1));

        Assert.True(before.Length > 1);
        Assert.Equal(before.Length + 1, Rig.Row("f").Trail.Length);
        Assert.Equal(before.Select(point => point.At), Rig.Row("f").Trail[..^1].Select(point => point.At));
    }

    [Fact]
    public async Task Silence_InTheMiddleOfARise_IsAGapInTheTrail()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(3, () => Traffic(30, 2));
        for (var round = 0; round < 8; round++)
            await Rig.TickAsync();
        await Rig.RunAsync(1, () => Traffic(30, 2));

        var trail = Rig.Row("f").Trail;
        Assert.Single(trail, point => point.G is null);
        Assert.NotNull(trail[^1].G);
    }

    [Fact]
    public async Task Cleared_Rollback_BeginsANewTrail()
    {
        await BreachAsync();
        await Rig.ChangeAsync(ControlRig.Clear("f"));
        await Rig.RunAsync(1, () => Traffic(30, 0));

        Assert.Single(Rig.Row("f").Trail);
    }

    [Fact]
    public async Task Row_OfBeforeThereWereTrails_KeepsItsEvidence()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(3, () => Traffic(30, 1));
        var now = ControlRow.Read((await Rig.Get<GuardStore>().ReadAsync()).Rows["f|ai|availability"])!;
        // Version 2 was the same without the length and the points between the header and the guard.
        byte[] old = [2, .. now.Write()[1..17], .. GuardStateCodec.Write(now.Guard)];

        var read = ControlRow.Read(old)!;

        Assert.Empty(read.Trail);
        Assert.Equal((now.Counted, now.BudgetSince, now.Guard.Counts), (read.Counted, read.BudgetSince, read.Guard.Counts));
        Assert.Null(ControlRow.Read(now.Write().AsSpan(0, 30)));
    }

    [Fact]
    public async Task Trend_OfALiveRow_EndsWhereTheRowStands()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(20, () => Traffic(300, 1));

        var row = Rig.Row("f");
        var trend = Rig.Get<BudgetTrends>().Of(row, Rig.Time.GetUtcNow());

        Assert.Equal(row.Remaining!.Value, trend.Remaining[^1].Value!.Value, 6);
        Assert.Equal(row.BurnRates.OneHour!.Value, trend.OneHour[^1].Value!.Value, 6);
        Assert.Same(trend, Rig.Get<BudgetTrends>().Of(row, Rig.Time.GetUtcNow()));
    }

    [Fact]
    public async Task ReturnPlan_OfARollback_IsFoundAgainAndBringsItBack()
    {
        await BreachAsync();
        var (rollback, errors) = (Rig.Rollbacks[0], new InputErrors());

        var plan = await Rig.Get<PlanService>().ProposeAsync(ReturnPlan.Body(Rig.State, rollback, "Fixed."), Sre, errors, TestContext.Current.CancellationToken);

        Assert.Empty(errors.All);
        Assert.Equal(plan!.Plan.Id, ReturnPlan.Open(Rig.State, rollback, Rig.Time.GetUtcNow())!.Plan.Id);
        Assert.Equal("Fixed.", plan.Plan.Document.GetProperty("reason").GetString());
        Assert.False(Rig.Exposes("f"));
        Assert.Null(ReturnPlan.Open(Rig.State, rollback, plan.Plan.ExpiresAt));
        await Rig.ChangeAsync(ControlRig.Clear("f"));
        Assert.True(Rig.Exposes("f"));
        Assert.Empty(ReturnPlan.Changes(Rig.State, rollback));
    }

    [Fact]
    public async Task Tick_Twice_StaysWithWhoDidItFirst()
    {
        await BreachAsync();
        var (service, id, cancel) = (Rig.Get<RollbackService>(), Rig.Rollbacks[0].Id, TestContext.Current.CancellationToken);

        await service.TickAsync(id, 1, true, Sre, cancel);
        var revision = Rig.State.Revision;
        var again = await service.TickAsync(id, 1, true, new(ActorKinds.Person, "else", "cookie"), cancel);

        Assert.Equal((revision, Sre), (Rig.State.Revision, again!.Playbook[0].DoneBy));
        Assert.Null(await service.TickAsync(id, 0, true, Sre, cancel));
        Assert.Null(await service.TickAsync(id, 99, true, Sre, cancel));
        Assert.Null(await service.TickAsync("rb_none", 1, true, Sre, cancel));
    }

    [Fact]
    public async Task Ledger_Read_FindsByWordsAndShowsWhatAnEntryChanged()
    {
        await BreachAsync();
        using var reader = new LedgerReader(Rig.Get<LedgerStore>(), Rig.Get<SnapshotHolder>());
        var (state, cancel) = (Rig.State, TestContext.Current.CancellationToken);

        var all = await reader.FindAsync(_ => true, null, 2, cancel);
        var older = await reader.FindAsync(_ => true, all.Before, 1000, cancel);
        var found = await reader.FindAsync(entry => EntryText.Matches(entry, ["BREACH-PROVEN", "control-loop"], state), null, 50, cancel);

        Assert.Equal(Enumerable.Range(0, (int)state.Revision).Select(back => state.Revision - back), all.Entries.Concat(older.Entries).Select(entry => entry.Seq));
        Assert.Null(older.Before);
        var rollback = Assert.Single(found.Entries);
        Assert.Equal("Rolled back on ai: f", EntryText.Headline(rollback, state));
        var (before, after) = (await reader.AroundAsync(rollback.Seq))!.Value;
        var differences = StateDiff.Of(before, after, rollback.At);
        Assert.Equal(["Feature f", $"Rollback {Rig.Rollbacks[0].Id}"], differences.Select(one => one.What));
        Assert.Contains(differences[0].Lines, line => line.After?.Contains(Rig.Rollbacks[0].Id, StringComparison.Ordinal) == true);
        Assert.Null(await reader.AroundAsync(state.Revision + 1));
        Assert.Null(await reader.EntryAsync(0));
    }

    private async Task BreachAsync()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(4, () => Traffic(30, 0));
        await Rig.RunUntilRollbackAsync(() => Traffic(20, 10));
    }

    private void Traffic(long good, long bad)
    {
        Rig.Send("f", good, bad);
        Rig.SendFallback("f", 200, 0);
    }
}
