using System.Collections.Immutable;

namespace ReleaseTracks.Objectives;

/// <summary>
/// Burn rate (failure ratio ÷ (1 − target)) over the windows of the SRE workbook, chapter 5. 1 spends exactly the
/// budget in the objective's window. Null where the window has no events: no data is not a rate of zero.
/// </summary>
public sealed record BurnRates(
    double? FiveMinutes,
    double? ThirtyMinutes,
    double? OneHour,
    double? TwoHours,
    double? SixHours,
    double? OneDay,
    double? ThreeDays)
{
    public static BurnRates Unknown { get; } = new(null, null, null, null, null, null, null);

    public static BurnRates Measure<TKey>(SliHistory<TKey> history, TKey key, DateTimeOffset now, double target)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(history);
        return new BurnRates(
            Over(TimeSpan.FromMinutes(5)),
            Over(TimeSpan.FromMinutes(30)),
            Over(TimeSpan.FromHours(1)),
            Over(TimeSpan.FromHours(2)),
            Over(TimeSpan.FromHours(6)),
            Over(TimeSpan.FromDays(1)),
            Over(TimeSpan.FromDays(3)));

        double? Over(TimeSpan window)
        {
            // The bucket under way ends after now, and a poll may carry a time a moment ahead of ours.
            var (total, bad) = history.Sum(key, now - window, now + TimeSpan.FromMinutes(1));
            return Of(bad, total, target);
        }
    }

    /// <summary>Null without events.</summary>
    public static double? Of(long bad, long total, double target) =>
        total > 0 ? (double)bad / total / (1 - target) : null;

    /// <summary>Every window by its wire name, shortest first.</summary>
    public ImmutableArray<(string Window, double? Rate)> List() =>
    [
        ("5m", FiveMinutes), ("30m", ThirtyMinutes), ("1h", OneHour), ("2h", TwoHours),
        ("6h", SixHours), ("1d", OneDay), ("3d", ThreeDays),
    ];
}
