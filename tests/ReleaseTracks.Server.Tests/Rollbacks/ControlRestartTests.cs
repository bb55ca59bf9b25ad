using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

/// <summary>What is left when the server ends in the middle, and when there are two of them.</summary>
public sealed class ControlRestartTests(ControlStore store) : ControlTests(store)
{
    private readonly ControlStore store = store;

    /// <summary>Without a wait for the end of the lease the next would look after an interval, up to one too late.</summary>
    [Fact]
    public async Task Lead_TheOtherDied_TakesOverWhenItsLeaseEndsAndNotARoundLater()
    {
        var lease = Rig.Get<LeaseStore>();
        Assert.NotNull(await lease.TryAcquireAsync("the one that died", TimeSpan.FromSeconds(1)));
        Assert.InRange((await lease.RemainingAsync())!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        await Rig.StartServiceAsync<ControlLoop>();
        await Eventually.TrueAsync(async () => await lease.RemainingAsync() is null, "the lease has ended");

        var waited = TimeSpan.Zero;
        await Eventually.TrueAsync(
            () =>
            {
                if (waited < ControlRig.Interval - TimeSpan.FromSeconds(1))
                    Rig.Time.Advance(TimeSpan.FromMilliseconds(100));
                waited += TimeSpan.FromMilliseconds(100);
                return Rig.Get<ControlLeader>().Held is not null;
            },
            "it leads before the next interval");
    }

    [Fact]
    public async Task Restart_AtAnyRound_LeavesTheSameEvidenceAsNone()
    {
        using var directory = new TemporaryDirectory();
        await using var twin = await ControlRig.StartAsync(directory.Path, store.ConnectionString + ",defaultDatabase=1");
        var random = new Random(7);
        await Rig.ReleaseAsync("f", "g");
        await twin.ReleaseAsync("f", "g");

        for (var round = 0; round < 60; round++)
        {
            var (bad, other, control) = (random.Next(0, 2), random.Next(0, 3), random.Next(0, 2));
            if (round % 7 == 3)
                await RestartAsync();
            foreach (var rig in (ControlRig[])[Rig, twin])
            {
                await rig.RunAsync(1, () =>
                {
                    rig.Send("f", 30, bad);
                    rig.Send("g", 20, other == 2 ? 1 : 0);
                    rig.SendFallback("f", 100, control);
                    rig.Source.Add("f", TrackKey.Ai, "on", 0, round % 20 == 0 ? 1 : 0, ReleaseTracks.Objectives.Indicator.Harm);
                });
            }
        }

        foreach (var (feature, objective) in (IEnumerable<(string?, string)>)[("f", "availability"), ("f", "harm"), ("g", "availability"), (null, "availability")])
        {
            var (mine, theirs) = (Rig.Row(feature, objective), twin.Row(feature, objective));
            Assert.Equal((theirs.Evidence, theirs.Counts), (mine.Evidence, mine.Counts));
            Assert.Equal((theirs.Good, theirs.Bad, theirs.Verdict, theirs.ProvenAt is null), (mine.Good, mine.Bad, mine.Verdict, mine.ProvenAt is null));
        }
    }

    /// <summary>A replica took over that had not heard of the last rounds. What has not changed since is not written again.</summary>
    [Fact]
    public async Task Failover_TheLastRoundsAreLost_BeginsAgainWithWhatIsThereAndCountsThemOnce()
    {
        await Rig.ReleaseAsync("f", "g");
        await Rig.RunAsync(3, () => Rig.Send("f", 30, 1));
        var (commit, fields) = (await Rig.Database.StringGetAsync(StoreKeys.GuardCommit), await Rig.Database.HashGetAllAsync(StoreKeys.Guard));
        await Rig.RunAsync(2, () => Rig.Send("g", 20, 1));
        await Rig.Database.KeyDeleteAsync(StoreKeys.Guard);
        await Rig.Database.HashSetAsync(StoreKeys.Guard, fields);
        await Rig.Database.StringSetAsync(StoreKeys.GuardCommit, commit);

        Rig.Send("f", 30, 1);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Rig.TickAsync());
        Assert.Contains("as in a failover", refused.Message, StringComparison.Ordinal);
        Rig.Tick.Reset();

        Assert.True(await Rig.TickAsync());
        Assert.Equal((124, 4), (Rig.Row("f").Counts!.Total, Rig.Row("f").Counts!.Bad));
        Assert.Equal((42, 2), (Rig.Row("g").Counts!.Total, Rig.Row("g").Counts!.Bad));
        await RestartAsync();
        Assert.True(await Rig.TickAsync());
        Assert.Equal((124, 42), (Rig.Row("f").Counts!.Total, Rig.Row("g").Counts!.Total));
    }

    [Fact]
    public async Task Crash_AfterTheTickIsStoredAndBeforeTheRollback_IsActedOnAfterTheRestart()
    {
        await Rig.ReleaseAsync("f");
        Rig.Get<BudgetBoard>().Changed += () =>
        {
            if (Rig.Row("f").ProvenAt is not null)
                throw new IOException("crash");
        };
        await Assert.ThrowsAsync<IOException>(() => Rig.RunAsync(10, () => Rig.Send("f", 0, 15)));
        Assert.Empty(Rig.Rollbacks);
        var proven = Rig.Row("f").ProvenAt;

        await RestartAsync();
        await Rig.RunAsync(1, () => { });

        Assert.Equal(["f"], Assert.Single(Rig.Rollbacks).Features);
        Assert.Equal(proven, Rig.Row("f").ProvenAt);
    }

    [Fact]
    public async Task Restart_OnTheEmbeddedStore_GoesOnWhereItWas()
    {
        using var directory = new TemporaryDirectory();
        var first = await ControlRig.StartAsync(directory.Path);
        await first.ReleaseAsync("f");
        await first.RunAsync(1, () => first.Send("f", 0, 15));
        var counts = first.Row("f").Counts;
        await first.DisposeAsync();

        await using var second = await ControlRig.StartAsync(directory.Path, before: first);
        await second.RunAsync(1, () => { });
        Assert.Equal(counts, second.Row("f").Counts);
        await second.RunUntilRollbackAsync(() => second.Send("f", 0, 15), most: 3);
    }

    [Fact]
    public async Task Lease_IsAnothers_NothingIsWrittenAndNothingDone()
    {
        await Rig.ReleaseAsync("f");
        await Rig.RunAsync(1, () => Rig.Send("f", 0, 15));
        var before = await Rig.Database.HashGetAllAsync(StoreKeys.Guard);
        await Rig.Database.StringSetAsync(StoreKeys.ControlLease, "99|another");

        for (var i = 0; i < 3; i++)
        {
            Rig.Send("f", 0, 15);
            Assert.False(await Rig.TickAsync());
        }

        Assert.Equal(before.ToHashSet(), (await Rig.Database.HashGetAllAsync(StoreKeys.Guard)).ToHashSet());
        Assert.Empty(Rig.Rollbacks);
        Assert.Equal(15, Rig.Row("f").Counts!.Bad);

        await Rig.Database.KeyDeleteAsync(StoreKeys.ControlLease);
        await Rig.LeaveAsync();
        await Rig.RunUntilRollbackAsync(() => { }, most: 2);
        Assert.Equal(60, Rig.Rollbacks[0].Counts!.Bad);
    }

    [Fact]
    public async Task TwoLoops_OneStore_RollBackOnceAndTheOtherTakesOver()
    {
        using var directory = new TemporaryDirectory();
        await using var other = await SecondServerAsync(directory.Path);
        await Rig.ReleaseAsync("f", "g");
        await Rig.StartServiceAsync<ControlLoop>();
        await other.StartServiceAsync<ControlLoop>();

        await PassAsync("f", () => other.State.FindUnarchived("f")?.IsRolledBack(TrackKey.Ai) == true);
        await Rig.DisposeAsync();
        await PassAsync("g", () => other.State.FindUnarchived("g")?.IsRolledBack(TrackKey.Ai) == true, other);

        Assert.Equal(["f", "g"], other.Rollbacks.Select(rollback => Assert.Single(rollback.Features)));
    }

    [Fact]
    public async Task TwoServers_CommitTheSameRollbackAtOnce_OneEntryResults()
    {
        using var directory = new TemporaryDirectory();
        await using var other = await SecondServerAsync(directory.Path);
        await Rig.ReleaseAsync("f");
        await other.Get<ReleaseTracks.Server.Ledger.LedgerService>().CatchUpAsync(TestContext.Current.CancellationToken);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? Rig : other).RollBackAsync("f")));

        Assert.Single(outcomes, outcome => outcome!.Changed);
        Assert.Single(outcomes.Select(outcome => (outcome!.Id, outcome.Revision)).Distinct());
    }

    /// <summary>Rounds of two real loops with a failing feature, until the condition holds.</summary>
    private async Task PassAsync(string failing, Func<bool> condition, ControlRig? rig = null)
    {
        var (time, source) = (rig ?? Rig) is var one ? (one.Time, one.Source) : default;
        await Eventually.TrueAsync(
            () =>
            {
                source.Add(failing, TrackKey.Ai, "on", 0, 15);
                time.Advance(ControlRig.Interval);
                return condition();
            },
            $"{failing} is rolled back");
    }
}
