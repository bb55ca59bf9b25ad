using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;
using static ReleaseTracks.Tests.Plans.Rules.RuleState;

namespace ReleaseTracks.Tests.Plans.Rules;

public sealed class TimeRulesTests
{
    private const string Clear = """[{"op":"rollback.clear","feature":"f","track":"ai"}]""";
    private static readonly ActiveFreeze Freeze = new(TrackKey.Innovative, Make.Now.AddHours(2), "0 18 * * FRI for 2d14h, UTC");

    [Theory]
    [InlineData(59, false)]
    [InlineData(60, true)]
    public void Cooldown_Clearing_WaitsForIt(int minutes, bool passes)
    {
        var live = Live() with { Now = Make.Now.AddMinutes(minutes) };
        if (passes)
            Passes("rollback-cooldown", RolledBack(), Clear, live);
        else
            Denies("rollback-cooldown", "f was rolled back on ai at 2026-11-22 10:30:00Z; it may be cleared after 1h, at 2026-11-22 11:30:00Z.", RolledBack(), Clear, live);
    }

    [Fact]
    public void Cooldown_ReleaseEmptiedFirst_IsNotAWayRound()
    {
        var emptied = Make.After(RolledBack(), Release("ai", 0));
        Denies("rollback-cooldown", "f was rolled back", emptied, Clear);
    }

    [Fact]
    public void Cooldown_WholeTrack_WaitsToo()
    {
        var state = RolledBack().With(TrackKey.Ai, track => track with { ClosedBy = "r1" });
        Denies("rollback-cooldown", "The ai track was rolled back on ai", state, """[{"op":"rollback.clear","track":"ai"}]""");
    }

    [Fact]
    public void Cooldown_Unset_IsNone() => Passes("rollback-cooldown", RolledBack(TimeSpan.Zero), Clear);

    [Fact]
    public void Freeze_Open_DeniesWideningOnThatTrackOnly()
    {
        var (state, live) = (Make.Snapshot(OnAi(ai: "on:20 off:80")), Live() with { Freezes = [Freeze] });
        Denies("freeze-window", "The innovative track is frozen until 2026-11-22 12:30:00Z (0 18 * * FRI for 2d14h, UTC).", state, Release("innovative", 10), live);
        Passes("freeze-window", state, Release("ai", 60), live);
        Passes("freeze-window", state, Release("ai", 0), live);
    }

    [Fact]
    public void Freeze_Open_DeniesALargerCohort() => Denies(
        "freeze-window", "The innovative track", Make.Snapshot(Make.Feature()), """[{"op":"track.put","track":{"key":"innovative","cohortPercent":30}}]""", Live() with { Freezes = [Freeze] });

    private static Snapshot RolledBack(TimeSpan? cooldown = null)
    {
        var record = new RollbackRecord
        {
            Id = "r1",
            Features = ["f"],
            Track = TrackKey.Ai,
            At = Make.Now,
            Cause = RollbackCause.BreachProven,
            Actor = Make.Actor,
        };
        var state = Make.Snapshot(Make.Model(AiFeature(ai: "on:100"), TrackKey.Ai)).Limited(TrackKey.Ai, limits => limits with { RollbackCooldown = cooldown ?? TimeSpan.FromHours(1) });
        return state with { Rollbacks = state.Rollbacks.Set("r1", record, isFinished: false) };
    }
}
