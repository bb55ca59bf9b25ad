using CsCheck;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public class SliHistoryTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 20, TimeSpan.Zero);
    private readonly SliHistory<string> history = new();

    [Fact]
    public void Sum_OfNothing_IsZero() => Assert.Equal((0, 0), history.Sum("a", Now.AddDays(-1), Now));

    [Fact]
    public void Sum_WithinMinutes_LeavesOutOlderMinutes()
    {
        history.Add("a", Now.AddMinutes(-7), 100, 9);
        history.Add("a", Now.AddMinutes(-4), 10, 1);
        history.Add("a", Now, 5, 2);

        Assert.Equal((15, 3), history.Sum("a", Now.AddMinutes(-5), Now));
    }

    [Fact]
    public void Sum_LongWindow_LetsEventsAgeOutByTheHour()
    {
        history.Add("a", Now.AddDays(-28).AddHours(-1), 1000, 1000);
        history.Add("a", Now.AddDays(-27), 10, 1);
        history.Add("a", Now, 5, 2);

        Assert.Equal((15, 3), history.Sum("a", Now.AddDays(-28), Now));
    }

    [Fact]
    public void Sum_AnyEvents_HoldsAllOfTheWindowAndLittleMore() =>
        Gen.Int[0, 91 * 24 * 60].Array[1, 60].Select(Gen.Int[1, 90 * 24 * 60]).Sample((agesInMinutes, windowInMinutes) =>
        {
            var all = new SliHistory<string>();
            foreach (var age in agesInMinutes.OrderDescending()) all.Add("a", Now.AddMinutes(-age), 1, 0);
            var slack = windowInMinutes < 7 * 60 - 1 ? 1 : 60;
            var total = all.Sum("a", Now.AddMinutes(-windowInMinutes), Now).Total;
            return total >= agesInMinutes.Count(age => age <= windowInMinutes)
                && total <= agesInMinutes.Count(age => age < windowInMinutes + slack);
        });

    [Fact]
    public void Memory_AfterAYear_IsBounded()
    {
        for (var at = Now; at < Now.AddDays(365); at = at.AddMinutes(10)) history.Add("a", at, 1, 0);

        Assert.True(history.Minutes("a").Count <= 420);
        Assert.True(history.Hours("a").Count <= (91 * 24) + 1);
        Assert.Equal(91 * 24 * 6, history.Sum("a", Now.AddDays(365 - 91), Now.AddDays(365)).Total, tolerance: 6);
    }

    [Fact]
    public void Trim_KeyThatAgedOut_IsForgotten()
    {
        history.Add("a", Now, 1, 0);
        history.Trim(Now.AddHours(9));
        Assert.Equal((1, 0), history.Sum("a", Now.AddHours(-1), Now.AddHours(9)));

        history.Trim(Now.AddDays(92));
        Assert.Empty(history.Keys);
    }

    [Fact]
    public void MinuteOf_And_HourOf_AreTheWholeBucketOfEveryKeyWithEvents()
    {
        history.Add("a", Now.AddMinutes(-1), 100, 9);
        history.Add("a", Now, 10, 1);
        history.Add("a", Now, 5, 0);
        history.Add("b", Now.AddHours(-1), 7, 7);

        Assert.Equal([("a", 15L, 1L)], history.MinuteOf(Now));
        Assert.Equal([("a", 115L, 10L)], history.HourOf(Now));
        Assert.Equal([("b", 7L, 7L)], history.HourOf(Now.AddHours(-1)));
    }

    [Fact]
    public void ObservedSince_IsTheFirstEventInTheWindow()
    {
        Assert.Null(history.ObservedSince("a", Now.AddDays(-28)));
        history.Add("a", Now.AddDays(-40), 1, 0);
        history.Add("a", Now.AddHours(-2), 1, 0);

        Assert.Equal(Now.AddHours(-2).AddSeconds(-20), history.ObservedSince("a", Now.AddDays(-28)));
        Assert.Equal(Now.AddHours(-2), history.ObservedSince("a", Now.AddHours(-2)));
        Assert.Null(history.ObservedSince("a", Now.AddHours(-1)));
    }

    [Fact]
    public void Restart_InTheMiddleOfAnHour_ForgetsWhatWasBefore()
    {
        history.Add("a", Now.AddMinutes(-5), 100, 100);
        history.Restart("a", Now);
        history.Add("a", Now, 3, 1);

        Assert.Equal((3, 1), history.Sum("a", Now.AddDays(-28), Now.AddMinutes(1)));
        Assert.Equal((3, 1), history.Sum("a", Now.AddMinutes(-30), Now.AddMinutes(1)));
        Assert.Equal((3, 1), history.Sum("a", Now.AddDays(-28), Now.AddDays(2)));
    }

    [Fact]
    public void Restart_AfterLoadingFromTheStore_SplitsTheHourByItsMinutes()
    {
        history.Add("a", Now.AddMinutes(-5), 100, 100);
        history.Add("a", Now.AddMinutes(5), 7, 1);
        var loaded = new SliHistory<string>();
        loaded.Load("a", history.Minutes("a"), history.Hours("a"));
        loaded.Restart("a", Now);

        Assert.Equal((7, 1), loaded.Sum("a", Now.AddDays(-28), Now.AddHours(1)));
    }
}
