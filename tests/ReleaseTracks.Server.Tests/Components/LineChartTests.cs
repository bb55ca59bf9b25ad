using Bunit;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Components.Charts;

namespace ReleaseTracks.Server.Tests.Components;

public sealed class LineChartTests : BunitContext
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ChartSeries Broken = new("Left", [new(Start, 0.9), new(Start.AddHours(1), null), new(Start.AddHours(2), 0.5)]);

    [Fact]
    public void Chart_WithoutValues_SaysSoInsteadOfDrawing()
    {
        var chart = Chart(new ChartSeries("Left", [new(Start, null)]));

        Assert.Equal("Nothing was measured yet.", chart.Find(".none").TextContent);
        Assert.Empty(chart.FindAll("svg"));
        Assert.Empty(chart.FindAll("button"));
    }

    [Fact]
    public void Chart_WithAGap_ShowsAndNamesIt()
    {
        var chart = Chart(Broken);

        Assert.Single(chart.FindAll("rect.gap"));
        Assert.Contains("not measured", chart.Find(".legend").TextContent, StringComparison.Ordinal);
        Assert.Equal("0.5", chart.Find(".legend strong").TextContent);
    }

    [Fact]
    public void Chart_AsATable_TellsEveryPointAndEveryGap()
    {
        var chart = Chart(Broken);
        Assert.Empty(chart.FindAll("table"));

        chart.Find("button").Click();

        Assert.Equal("true", chart.Find("button").GetAttribute("aria-expanded"));
        Assert.Equal(["0.5", "not measured", "0.9"], chart.FindAll("tbody td").Select(cell => cell.TextContent));
    }

    [Fact]
    public void Chart_ForAViewerElsewhere_TellsTimesOnTheirClockAndExactlyOnHover()
    {
        var chart = Chart(Broken, new ViewerTime(TimeZoneInfo.CreateCustomTimeZone("Over there", new(2, 0, 0), "Over there", "Over there")));

        chart.Find("button").Click();

        Assert.Equal("1 Mar, 16:00:00", chart.Find("tbody time").TextContent);
        Assert.Contains(chart.FindAll("rect.hover title"), title => title.TextContent.StartsWith("2026-03-01 16:00:00 Over there (2026-03-01 14:00:00 UTC)", StringComparison.Ordinal));
    }

    [Fact]
    public void Chart_ForWhoCannotSeeIt_IsNamedAndSummedUp()
    {
        var chart = Chart(Broken);

        var figure = chart.Find("figure");
        Assert.Equal("Budget", chart.Find("#" + figure.GetAttribute("aria-labelledby")).TextContent);
        Assert.Equal("It fell.", chart.Find(".summary").TextContent);
        Assert.All(chart.FindAll("svg"), svg => Assert.Equal("true", svg.GetAttribute("aria-hidden")));
    }

    private IRenderedComponent<LineChart> Chart(ChartSeries series, ViewerTime? viewer = null) => Render<LineChart>(chart => chart
        .AddCascadingValue(viewer ?? ViewerTime.Utc)
        .Add(one => one.Title, "Budget")
        .Add(one => one.Summary, "It fell.")
        .Add(one => one.Series, [series]));
}
