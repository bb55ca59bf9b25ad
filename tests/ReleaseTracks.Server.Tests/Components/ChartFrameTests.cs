using CsCheck;
using ReleaseTracks.Server.Components.Charts;

namespace ReleaseTracks.Server.Tests.Components;

public sealed class ChartFrameTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_OnlyGaps_HasNothingToDraw() => Assert.Null(ChartFrame.Of([Series(null, null)], [new("proof", 4.6)], []));

    [Fact]
    public void Path_Gap_LiftsThePen()
    {
        var frame = ChartFrame.Of([Series(0, 1, null, 1, 0)], [], [])!;

        var path = frame.Path(Series(0, 1, null, 1, 0));

        Assert.Equal(2, path.Count(letter => letter == 'M'));
        Assert.Equal("M0 1000h0L250 0M750 0h0L1000 1000", path);
    }

    [Fact]
    public void Gaps_AtEveryEnd_ReachFromPointToPoint()
    {
        var gaps = ChartFrame.Gaps(Series(null, 1, null, null, 2, null));

        Assert.Equal(
            [(Start, Start.AddMinutes(1)), (Start.AddMinutes(1), Start.AddMinutes(4)), (Start.AddMinutes(4), Start.AddMinutes(5))],
            gaps);
    }

    [Fact]
    public void Of_LevelBeyondTheValues_IsInThePicture()
    {
        var frame = ChartFrame.Of([Series(0, 1)], [new("proof", 4.6)], [])!;
        Assert.InRange(frame.Y(4.6), 0, ChartFrame.Size);
    }

    [Fact]
    public void Of_ValuesBeyondTheCap_LeaveThePicture()
    {
        var frame = ChartFrame.Of([Series(0, 178)], [new("proof", 4.6)], [], new(Cap: 10))!;
        Assert.True(frame.Y(178) < 0);
        Assert.InRange(frame.Y(4.6), 0, ChartFrame.Size);
    }

    [Fact]
    public void Times_OnAnHourlyAxis_AreRoundOnTheViewersClock()
    {
        // 5 h 45 min ahead of UTC: what is round there is not round here.
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", new(5, 45, 0), "test", "test");
        var frame = ChartFrame.Of([Series([.. Enumerable.Repeat<double?>(1, 300)])], [], [])!;
        Assert.NotEmpty(frame.Times(zone));
        Assert.All(frame.Times(zone), time => Assert.Equal(0, TimeZoneInfo.ConvertTime(time, zone).Minute));
    }

    [Fact]
    public void Of_AnySeries_HasFewRoundTicksThatEncloseIt() => Gen.Select(Gen.Double[-1e6, 1e6], Gen.Double[1e-6, 1e6], Gen.Int[1, 5000]).Sample((low, span, minutes) =>
    {
        ChartSeries series = new("a", [new(Start, low), new(Start.AddMinutes(minutes), low + span)]);
        var frame = ChartFrame.Of([series], [], [])!;
        Assert.InRange(frame.Values().Count(), 2, 12);
        Assert.True(frame.Low <= low + (1e-9 * Math.Abs(low)) && frame.High >= low + span - (1e-9 * Math.Abs(low + span)));
        Assert.InRange(frame.Times(TimeZoneInfo.Utc).Count(), 0, 6);
    });

    private static ChartSeries Series(params double?[] values) => new("a", [.. values.Index().Select(item => new ChartPoint(Start.AddMinutes(item.Index), item.Item))]);
}
