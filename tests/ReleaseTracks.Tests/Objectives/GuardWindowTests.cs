using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class GuardWindowTests
{
    private static readonly GuardSettings Percent = new(0.01);

    [Fact]
    public void Latch_WealthFallsAgain_Stays()
    {
        var run = new GuardRun(Percent).FeedUntil(state => state.ProvenAt is not null, new(15, 5, 0, 0));
        var proven = run.State.ProvenAt;

        run.Feed(2_000, 15, 0);

        Assert.True(Guard.Evidence(run.State).G < 0);
        Assert.Equal(proven, run.State.ProvenAt);
        Assert.Null(Guard.Evidence(run.State).C1);
    }

    [Fact]
    public void Restarts_PollIsLate_AreMadeUpBeforeTheNextInterval()
    {
        var run = new GuardRun(Percent).Feed(1, 10, 0);
        run.Wait(TimeSpan.FromHours(5), new(10, 0, 0, 0));
        Assert.Equal(1, run.State.Restarts);

        run.Feed(1, 10, 0);

        Assert.Equal(6, run.State.Restarts);
    }

    [Fact]
    public void Restarts_AnyDelay_AreAtMost720()
    {
        var run = new GuardRun(Percent);
        run.Wait(TimeSpan.FromDays(29.99), new(10, 0, 0, 0)).Feed(1, 10, 0);
        Assert.Equal(720, run.State.Restarts);
    }

    [Fact]
    public void Window_AfterThirtyDays_StartsAfresh()
    {
        var run = new GuardRun(Percent).Feed(1, 10, 9).Wait(TimeSpan.FromDays(30), default);
        Assert.Equal(9, run.State.Counts.Bad);

        run.Feed(1, 10, 1);

        Assert.Equal(GuardRun.Start.AddDays(30).AddSeconds(15), run.State.WindowStart);
        Assert.Equal(1, run.State.Counts.Bad);
        Assert.Equal(1, run.State.Restarts);
        Assert.Equal(0, run.State.SpentCount);
    }

    [Fact]
    public void Resume_RollbackCleared_SpendsTheWindowAndKeepsWhatIsCarried()
    {
        var run = new GuardRun(Percent).Feed(10, 15, 9).Feed(1, 0, 3);

        run.Resume(epoch: 7);

        Assert.Null(run.State.ProvenAt);
        Assert.Equal(7, run.State.Epoch);
        Assert.Equal(3, run.State.CarriedBad);
        var spent = Assert.Single(run.State.Spent);
        Assert.Equal((WindowEnd.RollbackCleared, 0.01), (spent.Reason, spent.Alpha));
    }

    [Fact]
    public void Resume_SameEpochAndObjective_IsTheSameState()
    {
        var state = Guard.Start(Percent, GuardRun.Start, epoch: 3);
        Assert.Same(state, Guard.Resume(state, new GuardSettings(0.01), GuardRun.Start, epoch: 3));
    }

    [Fact]
    public void Resume_AnotherTarget_StartsAfresh()
    {
        var state = Guard.Start(Percent, GuardRun.Start, epoch: 3);
        var resumed = Guard.Resume(state, new GuardSettings(0.7), GuardRun.Start, epoch: 3);

        Assert.Equal(WindowEnd.ObjectiveChanged, Assert.Single(resumed.Spent).Reason);
        Assert.Null(Guard.Evidence(resumed).BR);
    }

    [Fact]
    public void Observe_ReportWithoutUse_CountsWithTheNextUse()
    {
        var run = new GuardRun(new GuardSettings(0.005)).Feed(1, 0, 6).Feed(1, 4, 0);

        Assert.Equal((4, 2), (run.State.Counts.Bad, run.State.CarriedBad));
        Assert.True(Guard.Evidence(run.State).G > 2);
    }

    [Fact]
    public void Observe_ClockGoesBack_DoesNotRewind()
    {
        var run = new GuardRun(Percent).Feed(4, 10, 0);
        var last = run.State.LastObserved;

        Guard.Observe(run.State, Percent, new(10, 0, 0, 0), last.AddHours(-2));

        Assert.Equal(last, run.State.LastObserved);
    }

    [Fact]
    public void Observe_NegativeCount_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(
        () => Guard.Observe(Guard.Start(Percent, GuardRun.Start, 0), Percent, new(-1, 0, 0, 0), GuardRun.Start));

    [Fact]
    public void ExpectedFalseRollbacks_FortyFeatures_AreTwoFifths() =>
        Assert.Equal(0.4, GuardSettings.ExpectedFalseRollbacks(40, 0.01), 1e-12);
}
