using System.Collections.Immutable;

namespace ReleaseTracks.Server.Components.Charts;

/// <summary>One measurement; null is a gap, which is drawn and told as a gap, never as zero.</summary>
public readonly record struct ChartPoint(DateTimeOffset At, double? Value);

/// <summary>A line of a chart, in rising time. At most four fit one chart: each has its own colour and dashes.</summary>
public sealed record ChartSeries(string Name, ImmutableArray<ChartPoint> Points)
{
    public double? Last => Points.LastOrDefault(point => point.Value is not null).Value;

    public double? Highest => Points.Max(point => point.Value);

    public double? Lowest => Points.Min(point => point.Value);
}

/// <summary>A horizontal line that means something, such as a threshold.</summary>
public sealed record ChartLevel(string Label, double Value);

/// <summary>A moment that means something, such as a rollback.</summary>
public sealed record ChartMark(string Label, DateTimeOffset At);
