using System.Collections.Immutable;

namespace ReleaseTracks.Objectives;

/// <summary>A value at one moment; null where nothing was measured.</summary>
public readonly record struct TrendPoint(DateTimeOffset At, double? Value);

/// <summary>
/// An objective looked back on: what was left of its error budget at each moment, and how fast it burned. Computed from
/// the same buckets as the present values, so the newest point agrees with them.
/// </summary>
public static class BudgetTrend
{
    private const int MostPoints = 84;
    private static readonly TimeSpan ByTheMinute = TimeSpan.FromHours(6);

    /// <summary>What was left of the budget, over the objective's window or since the budget began.</summary>
    public static ImmutableArray<TrendPoint> Remaining<TKey>(SliHistory<TKey> history, TKey key, Objective objective, DateTimeOffset? since, DateTimeOffset now)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(history);
        var (window, target) = (objective.Window, objective.Target);
        if (history.ObservedSince(key, Later(now - window, since)) is not { } first)
            return [];
        var step = Step(now - first);
        return Points(first, now, step, at =>
        {
            if (!Heard(history, key, at, step))
                return null;
            var from = Later(at - window, first);
            var (total, bad) = history.Sum(key, from, End(at, now));
            return history.ObservedSince(key, from) is { } seen && seen < at ? ErrorBudget.Remaining(bad, total, at - seen, window, target) : null;
        });
    }

    /// <summary>The burn rate over a sliding window, in the last hours.</summary>
    public static ImmutableArray<TrendPoint> Burn<TKey>(SliHistory<TKey> history, TKey key, double target, TimeSpan window, DateTimeOffset now)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(history);
        if (history.ObservedSince(key, now - ByTheMinute) is not { } first)
            return [];
        var step = Step(now - first);
        return Points(first, now, step, at =>
        {
            var (total, bad) = history.Sum(key, at - window, End(at, now));
            return Heard(history, key, at, step) ? BurnRates.Of(bad, total, target) : null;
        });
    }

    private static ImmutableArray<TrendPoint> Points(DateTimeOffset first, DateTimeOffset now, TimeSpan step, Func<DateTimeOffset, double?> value)
    {
        var points = ImmutableArray.CreateBuilder<TrendPoint>();
        // On whole steps, so that a point does not change under the reader until the next one comes.
        for (var at = new DateTimeOffset(((first.UtcTicks / step.Ticks) + 1) * step.Ticks, TimeSpan.Zero); at < now; at += step)
            points.Add(new(at, value(at)));
        points.Add(new(now, value(now)));
        return points.ToImmutable();
    }

    private static bool Heard<TKey>(SliHistory<TKey> history, TKey key, DateTimeOffset at, TimeSpan step)
        where TKey : notnull => history.Sum(key, at - step, at + TimeSpan.FromTicks(1)).Total > 0;

    /// <summary>The bucket under way belongs to now.</summary>
    private static DateTimeOffset End(DateTimeOffset at, DateTimeOffset now) => at == now ? now + TimeSpan.FromMinutes(1) : at;

    private static TimeSpan Step(TimeSpan range)
    {
        var unit = range <= ByTheMinute ? TimeSpan.FromMinutes(1) : TimeSpan.FromHours(1);
        return Math.Max(1, Math.Ceiling(range / unit / MostPoints)) * unit;
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset? b) => b is { } other && other > a ? other : a;
}
