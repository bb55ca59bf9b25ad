using ReleaseTracks.Objectives;

namespace ReleaseTracks.Rollbacks;

/// <summary>What one poll of a recording brought.</summary>
/// <param name="Seconds">When the interval ended and was polled.</param>
/// <param name="Counts">What happened in it; null where nothing could be measured.</param>
public sealed record BacktestRow(double Seconds, IntervalCounts? Counts);
