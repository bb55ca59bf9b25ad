using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>One row looked back on.</summary>
public sealed record RowTrend(
    ImmutableArray<TrendPoint> Remaining,
    ImmutableArray<TrendPoint> FiveMinutes,
    ImmutableArray<TrendPoint> ThirtyMinutes,
    ImmutableArray<TrendPoint> OneHour,
    ImmutableArray<TrendPoint> SixHours);

/// <summary>
/// The buckets of the control loop, for pages that look back. They belong to the loop, which changes them under the lock
/// here; what a page asks for is computed once and shared by everybody who looks at it until the next round.
/// </summary>
public sealed class BudgetTrends
{
    private readonly Lock gate = new();
    private readonly Dictionary<RowKey, RowTrend> known = [];
    private SliHistory<RowKey> history = new();

    /// <summary>Runs what changes the history, and shows that one from now on.</summary>
    public T Change<T>(SliHistory<RowKey> changed, Func<T> change)
    {
        lock (gate)
        {
            history = changed;
            known.Clear();
            return change();
        }
    }

    public RowTrend Of(BudgetRow row, DateTimeOffset now)
    {
        lock (gate)
        {
            if (!known.TryGetValue(row.Key, out var trend))
                known[row.Key] = trend = Measure(row, now);
            return trend;
        }
    }

    private RowTrend Measure(BudgetRow row, DateTimeOffset now) => new(
        BudgetTrend.Remaining(history, row.Key, row.Objective, row.BudgetSince, now),
        Burn(row, TimeSpan.FromMinutes(5), now),
        Burn(row, TimeSpan.FromMinutes(30), now),
        Burn(row, TimeSpan.FromHours(1), now),
        Burn(row, TimeSpan.FromHours(6), now));

    private ImmutableArray<TrendPoint> Burn(BudgetRow row, TimeSpan window, DateTimeOffset now) =>
        BudgetTrend.Burn(history, row.Key, row.Objective.Target, window, now);
}
