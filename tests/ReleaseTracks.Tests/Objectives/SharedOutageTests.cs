using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class SharedOutageTests
{
    private static readonly GuardSettings Percent = new(0.01);

    private static GuardRun Outage(GuardSettings? settings = null) =>
        new GuardRun(settings ?? Percent).FeedUntil(state => state.GLatchedAt is not null, new(15, 2, 150, 20));

    [Fact]
    public void Breach_ControlFailsAlike_IsHeld()
    {
        var run = Outage().Feed(4 * 60, 15, 2, 150, 20);

        Assert.NotNull(run.State.Hold);
        Assert.Null(run.State.ProvenAt);
        Assert.Null(run.State.C1LatchedAt);
    }

    [Fact]
    public void Breach_ControlFailsAlikeButTrackRollsBack_IsProven() =>
        Assert.NotNull(Outage(new GuardSettings(0.01, holdOnSharedOutage: false)).State.ProvenAt);

    [Fact]
    public void Breach_ControlHealthy_IsProvenOnceTheComparisonIs()
    {
        var run = new GuardRun(Percent).FeedUntil(state => state.ProvenAt is not null, new(15, 2, 15, 0));

        Assert.True(run.State.ProvenAt >= run.State.C1LatchedAt);
        Assert.Null(run.State.Hold);
    }

    [Fact]
    public void Hold_BothRecover_EndsAfterHalfAnHourAndSpendsItsAlpha()
    {
        var run = Outage().Feed(20, 15, 2, 150, 20);
        var recovered = run.Now;

        run.FeedUntil(state => state.Hold is null, new(15, 0, 150, 1), atMost: 200);

        Assert.InRange(run.Now - recovered, TimeSpan.FromMinutes(25), TimeSpan.FromMinutes(36));
        Assert.Null(run.State.GLatchedAt);
        Assert.Null(run.State.ProvenAt);
        Assert.Equal(WindowEnd.SharedOutageEnded, Assert.Single(run.State.Spent).Reason);
    }

    [Fact]
    public void Hold_OnlyTheControlRecovers_EndsInProof()
    {
        var run = Outage().Feed(20, 15, 2, 150, 20);

        run.FeedUntil(state => state.ProvenAt is not null, new(15, 2, 150, 1), atMost: 120);

        Assert.NotNull(run.State.C1LatchedAt);
    }

    /// <summary>At this traffic c1 needs hours: ending the hold on the control alone would never let it finish.</summary>
    [Fact]
    public void Hold_LowTrafficAndOnlyTheFeatureFails_IsProvenInTheEnd()
    {
        var run = new GuardRun(Percent, TimeSpan.FromMinutes(5));
        for (var i = 0; i < 2_000 && run.State.ProvenAt is null; i++)
            run.Feed(1, 4, i % 4 == 0 ? 1 : 0, 2, 0);

        Assert.NotNull(run.State.ProvenAt);
        Assert.Empty(run.State.Spent);
    }

    [Fact]
    public void Hold_TreatmentRecoveredAndControlGone_DoesNotRollBack()
    {
        var run = Outage().Feed(20, 15, 2, 150, 20).Feed(4 * 40, 15, 0);

        Assert.Null(run.State.ProvenAt);
        Assert.Null(run.State.Hold);
        Assert.Single(run.State.Spent);
    }

    [Fact]
    public void Control_OneEventAnHourAgo_DoesNotBlock()
    {
        var run = new GuardRun(Percent).Feed(1, 15, 0, 1, 0).Feed(240, 15, 0);

        run.FeedUntil(state => state.GLatchedAt is not null, new(15, 2, 0, 0));

        Assert.NotNull(run.State.ProvenAt);
    }

    [Fact]
    public void Control_OneEventNow_IsTooSmallToBlock()
    {
        var run = new GuardRun(Percent).Feed(1, 150, 10, 1, 0).FeedUntil(state => state.GLatchedAt is not null, new(150, 10, 0, 0));

        Assert.NotNull(run.State.ProvenAt);
    }

    [Fact]
    public void Control_StopsDuringTheHold_BlocksForTenMinutesOfTraffic()
    {
        var run = Outage();
        var last = run.Now;

        run.FeedUntil(state => state.ProvenAt is not null, new(15, 2, 0, 0), atMost: 100);

        Assert.Equal(ControlGroup.MaxSilence, run.Now - last);
    }

    [Fact]
    public void Control_IdleTogetherWithTheTreatment_StaysCurrent()
    {
        var run = Outage().Feed(400, 0, 0);

        Assert.Equal(TimeSpan.Zero, run.State.ControlSilence);
        Assert.NotNull(run.State.Hold);
    }

    [Fact]
    public void Outage_FeatureWasAlwaysALittleWorseThanItsFallback_IsStillHeld()
    {
        // 0.5 % against 0.1 %: within the objective, and enough for c1 to latch long before the outage.
        var run = new GuardRun(Percent).FeedUntil(state => state.C1LatchedAt is not null, new(200, 1, 1000, 1)).Feed(200, 200, 1, 1000, 1);

        run.FeedUntil(state => state.GLatchedAt is not null, new(200, 11, 1000, 51)).Feed(20, 200, 11, 1000, 51);

        Assert.True(run.State.C1LatchedAt < run.State.RisingSince);
        Assert.NotNull(run.State.Hold);
        Assert.Null(run.State.ProvenAt);
    }

    [Fact]
    public void Breach_FeatureWasAlwaysALittleWorseThanItsFallback_IsProven()
    {
        var run = new GuardRun(Percent).FeedUntil(state => state.C1LatchedAt is not null, new(200, 1, 1000, 1)).Feed(200, 200, 1, 1000, 1);

        run.FeedUntil(state => state.GLatchedAt is not null, new(200, 40, 1000, 1));

        Assert.Equal(run.Now, run.State.ProvenAt);
    }
}
