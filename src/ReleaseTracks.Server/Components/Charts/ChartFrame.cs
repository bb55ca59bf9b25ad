using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ReleaseTracks.Server.Components.Charts;

/// <summary>
/// How far the values of a chart reach: at least from <see cref="Low"/> to <see cref="High"/>, and never beyond
/// <see cref="Floor"/> and <see cref="Cap"/>, where a line may leave the picture.
/// </summary>
public sealed record ChartReach(double? Low = null, double? High = null, double Floor = double.MinValue, double Cap = double.MaxValue);

/// <summary>Where everything in a chart is, in thousandths of the plot; the browser stretches it to the width it has.</summary>
public sealed record ChartFrame(DateTimeOffset From, DateTimeOffset To, double Low, double High)
{
    public const double Size = 1000;
    private const int MostValues = 5;
    private const int MostTimes = 5;

    private static readonly TimeSpan[] Steps =
    [
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(seconds => TimeSpan.FromSeconds(seconds)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(minutes => TimeSpan.FromMinutes(minutes)),
        .. new[] { 1, 2, 3, 6, 12 }.Select(hours => TimeSpan.FromHours(hours)),
        .. new[] { 1, 2, 7, 14, 28 }.Select(days => TimeSpan.FromDays(days)),
    ];

    /// <summary>Null when there is nothing to draw.</summary>
    public static ChartFrame? Of(IReadOnlyList<ChartSeries> series, IReadOnlyList<ChartLevel> levels, IReadOnlyList<ChartMark> marks, ChartReach? reach = null)
    {
        var points = series.SelectMany(one => one.Points).ToArray();
        var values = points.Select(point => point.Value).OfType<double>().ToArray();
        if (values.Length == 0)
            return null;
        var times = points.Select(point => point.At).Concat(marks.Select(mark => mark.At)).ToArray();
        var (from, to) = (times.Min(), times.Max());
        if (to - from < TimeSpan.FromSeconds(2))
            (from, to) = (from - TimeSpan.FromSeconds(1), to + TimeSpan.FromSeconds(1));
        var all = values.Concat(levels.Select(level => level.Value)).ToArray();
        reach ??= new();
        var bottom = Math.Max(reach.Floor, Math.Min(reach.Low ?? double.MaxValue, all.Min()));
        var top = Math.Min(reach.Cap, Math.Max(reach.High ?? double.MinValue, all.Max()));
        var step = ValueStep(top - bottom);
        return new(from, to, Math.Floor(bottom / step) * step, Math.Max(Math.Ceiling(top / step), Math.Floor(bottom / step) + 1) * step);
    }

    public double X(DateTimeOffset at) => Math.Clamp((at - From) / (To - From), 0, 1) * Size;

    /// <summary>Outside the plot for a value beyond its limits: the line leaves the picture, and is cut off at its edge.</summary>
    public double Y(double value) => (1 - ((value - Low) / (High - Low))) * Size;

    public IEnumerable<double> Values()
    {
        var step = ValueStep(High - Low);
        for (var index = 0; Low + (index * step) <= High + (step / 2); index++)
            yield return Math.Round(Low + (index * step), 10);
    }

    /// <summary>Round moments on the clock of the viewer's zone.</summary>
    public IEnumerable<DateTimeOffset> Times(TimeZoneInfo zone)
    {
        var step = TimeStep;
        var offset = zone.GetUtcOffset(From);
        var first = ((From.UtcTicks + offset.Ticks + step.Ticks - 1) / step.Ticks * step.Ticks) - offset.Ticks;
        for (var ticks = first; ticks <= To.UtcTicks; ticks += step.Ticks)
            yield return new(ticks, TimeSpan.Zero);
    }

    public TimeSpan TimeStep => Steps.FirstOrDefault(step => (To - From) / step <= MostTimes, Steps[^1]);

    /// <summary>An SVG path that is lifted at every gap; a lone point becomes a dot.</summary>
    public string Path(ChartSeries series)
    {
        var path = new StringBuilder();
        var isDown = false;
        foreach (var point in series.Points)
        {
            if (point.Value is { } value && double.IsFinite(value))
            {
                path.Append(CultureInfo.InvariantCulture, $"{(isDown ? 'L' : 'M')}{X(point.At):0.#} {Y(value):0.#}");
                if (!isDown)
                    path.Append("h0");
                isDown = true;
            }
            else
            {
                isDown = false;
            }
        }

        return path.ToString();
    }

    /// <summary>The stretches in which nothing was measured, between the points around them.</summary>
    public static ImmutableArray<(DateTimeOffset From, DateTimeOffset To)> Gaps(ChartSeries series)
    {
        var gaps = ImmutableArray.CreateBuilder<(DateTimeOffset, DateTimeOffset)>();
        DateTimeOffset? last = null;
        var open = false;
        foreach (var point in series.Points)
        {
            if (point.Value is null)
            {
                open = true;
                last ??= point.At;
                continue;
            }

            if (open)
                gaps.Add((last!.Value, point.At));
            (last, open) = (point.At, false);
        }

        if (open)
            gaps.Add((last!.Value, series.Points[^1].At));
        return gaps.ToImmutable();
    }

    private static double ValueStep(double span)
    {
        if (!(span > 0))
            return 1;
        var rough = span / MostValues;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }
}
