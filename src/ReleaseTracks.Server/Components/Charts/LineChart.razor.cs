using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace ReleaseTracks.Server.Components.Charts;

/// <summary>Lines over time, drawn on the server. Who cannot see it has the summary and the table.</summary>
public partial class LineChart
{
    private readonly string id = "chart-" + Guid.NewGuid().ToString("N")[..8];
    private ChartFrame? frame;
    private ImmutableArray<(DateTimeOffset From, DateTimeOffset To)> gaps = [];
    private bool asTable;

    [Parameter, EditorRequired]
    public string Title { get; set; } = "";

    /// <summary>One sentence that says what the picture shows.</summary>
    [Parameter, EditorRequired]
    public string Summary { get; set; } = "";

    [Parameter, EditorRequired]
    public IReadOnlyList<ChartSeries> Series { get; set; } = [];

    [Parameter]
    public IReadOnlyList<ChartLevel> Levels { get; set; } = [];

    [Parameter]
    public IReadOnlyList<ChartMark> Marks { get; set; } = [];

    [Parameter]
    public ChartReach? Reach { get; set; }

    [Parameter]
    public Func<double, string> Format { get; set; } = value => value.ToString("0.##", CultureInfo.InvariantCulture);

    [Parameter]
    public string Empty { get; set; } = "Nothing was measured yet.";

    [CascadingParameter]
    public ViewerTime Viewer { get; set; } = ViewerTime.Utc;

    protected override void OnParametersSet()
    {
        frame = ChartFrame.Of(Series, Levels, Marks, Reach);
        // Of the first line: where several are drawn, they are of the same measurement.
        gaps = Series.Count > 0 ? ChartFrame.Gaps(Series[0]) : [];
    }

    private IEnumerable<(DateTimeOffset At, IEnumerable<double?> Values)> Rows()
    {
        var byTime = Series.Select(one => one.Points.GroupBy(point => point.At).ToDictionary(group => group.Key, group => group.Last().Value)).ToArray();
        return byTime.SelectMany(one => one.Keys).Distinct().OrderDescending()
            .Select(at => (at, byTime.Select(one => one.GetValueOrDefault(at))));
    }

    /// <summary>A strip around every moment, which tells its exact time and values.</summary>
    private IEnumerable<(double At, double Width, string Text)> Hovers()
    {
        var rows = Rows().Reverse().Select(row => (X: frame!.X(row.At), row.At, row.Values)).ToArray();
        for (var index = 0; index < rows.Length; index++)
        {
            var (x, at, values) = rows[index];
            if (values.All(value => value is null))
                continue;
            var left = index == 0 ? 0 : (rows[index - 1].X + x) / 2;
            var right = index == rows.Length - 1 ? ChartFrame.Size : (x + rows[index + 1].X) / 2;
            var told = Series.Zip(values, (one, value) => $"{one.Name}: {(value is { } known ? Format(known) : "not measured")}");
            yield return (left, right - left, $"{Viewer.Exact(at)}\n{string.Join('\n', told)}");
        }
    }
}
