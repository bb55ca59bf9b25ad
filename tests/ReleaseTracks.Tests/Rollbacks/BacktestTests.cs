using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Tests.Rollbacks;

public sealed class BacktestTests
{
    private static readonly Objective Percent = new() { Id = "availability", Indicator = Indicator.Availability, Target = 0.99 };

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private static BacktestResult Run(IEnumerable<IntervalCounts?> intervals, Func<int, bool>? missing = null) => Backtest.Run(
        Percent, Interval, [.. intervals.Select((counts, i) => new BacktestRow(i * 15, counts)).Where((_, i) => missing?.Invoke(i) != true)]);

    private static IEnumerable<IntervalCounts?> Intervals(int count, long total, long bad, long control = 0, long controlBad = 0) =>
        Enumerable.Repeat((IntervalCounts?)new IntervalCounts(total, bad, control, controlBad), count);

    private static IEnumerable<(double, Verdict, RollbackCause?)> Changes(BacktestResult result) =>
        result.Changes.Select(change => (change.Seconds, change.Decision.Verdict, change.Decision.Cause));

    [Fact]
    public void Run_TotalOutage_FailsAtTheRowThatProvesIt()
    {
        var result = Run([.. Intervals(10, 15, 0), .. Intervals(10, 15, 15), .. Intervals(10, 15, 0)]);

        Assert.Equal((0, Verdict.Healthy, null), Changes(result).First());
        Assert.Equal((result.RollbackAtSeconds!.Value, Verdict.Failed, RollbackCause.BreachProven), Changes(result).Last());
        Assert.Equal(Verdict.Failed, result.Final);
        Assert.InRange(result.RollbackAtSeconds!.Value, 165, 180);
    }

    [Fact]
    public void Run_SharedOutage_NeverRollsBack()
    {
        var result = Run([.. Intervals(40, 15, 0, 135, 1), .. Intervals(200, 15, 2, 135, 18)]);
        Assert.Equal((Verdict.Inconclusive, null), (result.Final, result.RollbackAtSeconds));
    }

    [Fact]
    public void Run_EmptyTotal_IsErrorAndChangesNothing()
    {
        var result = Run([.. Intervals(10, 15, 0), null, null, .. Intervals(10, 15, 0)]);
        Assert.Equal([(0, Verdict.Healthy, null), (150, Verdict.Error, null), (180, Verdict.Healthy, null)], Changes(result));
    }

    [Fact]
    public void Run_RowsMissing_AreNoData()
    {
        var result = Run(Intervals(40, 15, 0), missing: i => i is 10 or 11 or 12);
        Assert.Equal([(0, Verdict.Healthy, null), (150, Verdict.Error, null), (195, Verdict.Healthy, null)], Changes(result));
    }

    [Fact]
    public void Run_RowsALittleLate_AreNotMissing()
    {
        var rows = Enumerable.Range(0, 100).Select(i => new BacktestRow(i * 15 + (i % 2 == 0 ? 0 : 6), new(15, 0, 0, 0)));
        Assert.Single(Backtest.Run(Percent, Interval, [.. rows]).Changes);
    }

    [Fact]
    public void Run_NoTrafficAtAll_IsInconclusive() => Assert.Equal(Verdict.Inconclusive, Run(Intervals(9, 0, 0)).Final);

    [Fact]
    public void Run_SlowBurn_ExhaustsTheBudget()
    {
        // Both sides a little over budget for a month: nothing to prove against the control, but nothing left either.
        var objective = Percent with { Window = TimeSpan.FromHours(2) };
        var rows = Intervals(600, 1000, 11, 9000, 99).Select((counts, i) => new BacktestRow(i * 15, counts));
        var result = Backtest.Run(objective, Interval, [.. rows]);
        Assert.Equal(RollbackCause.BudgetExhausted, result.Changes[^1].Decision.Cause);
        Assert.InRange(result.RollbackAtSeconds!.Value, 7200 / 1.1 - 30, 7200 / 1.1 + 30);
    }
}
