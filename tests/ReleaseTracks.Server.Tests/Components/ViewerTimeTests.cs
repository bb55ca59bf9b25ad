using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Tests.Components;

public sealed class ViewerTimeTests
{
    private static readonly DateTimeOffset Late = new(2026, 3, 1, 23, 30, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Nowhere/Land")]
    [InlineData("../../etc/passwd")]
    public void Of_WhatIsNoZone_IsUtc(string? zone) => Assert.Equal(ViewerTime.Utc, ViewerTime.Of(zone));

    [Fact]
    public void Of_AZone_TellsItsClock()
    {
        var viewer = ViewerTime.Of("Europe/Berlin");
        Assert.Equal("Europe/Berlin", viewer.Name);
        Assert.Equal("00:30:05", viewer.Clock(Late));
        Assert.Equal("2026-03-02 00:30:05 Europe/Berlin (2026-03-01 23:30:05 UTC)", viewer.Exact(Late));
    }

    [Fact]
    public void Short_OfAnotherDayThere_NamesTheDay()
    {
        var viewer = ViewerTime.Of("Europe/Berlin");
        Assert.Equal("00:30:05", viewer.Short(Late, Late.AddHours(2)));
        Assert.Equal("2 Mar 2026, 00:30", viewer.Short(Late, Late.AddHours(24)));
    }
}
