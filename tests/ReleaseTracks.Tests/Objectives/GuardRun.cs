using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

/// <summary>Drives one guard row through intervals of equal length.</summary>
internal sealed class GuardRun(GuardSettings settings, TimeSpan? interval = null)
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public GuardSettings Settings { get; } = settings;

    public GuardState State { get; private set; } = Guard.Start(settings, Start, epoch: 0);

    public DateTimeOffset Now { get; private set; } = Start;

    public GuardRun Feed(int intervals, long total, long bad, long controlTotal = 0, long controlBad = 0)
    {
        for (var i = 0; i < intervals; i++)
            Wait(interval ?? TimeSpan.FromSeconds(15), new(total, bad, controlTotal, controlBad));
        return this;
    }

    public GuardRun FeedUntil(Func<GuardState, bool> reached, IntervalCounts counts, int atMost = 100_000)
    {
        for (var i = 0; i < atMost && !reached(State); i++)
            Wait(interval ?? TimeSpan.FromSeconds(15), counts);
        Assert.True(reached(State), "The state was not reached.");
        return this;
    }

    public GuardRun Wait(TimeSpan time, IntervalCounts counts)
    {
        Now += time;
        Guard.Observe(State, Settings, counts, Now);
        return this;
    }

    public GuardRun Resume(long epoch)
    {
        State = Guard.Resume(State, Settings, Now, epoch);
        return this;
    }
}
