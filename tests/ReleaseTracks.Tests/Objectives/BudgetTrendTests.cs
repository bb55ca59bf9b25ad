using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class BudgetTrendTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 20, TimeSpan.Zero);
    private static readonly Objective Availability = new() { Id = "availability", Indicator = Indicator.Availability, Target = 0.99 };
    private readonly SliHistory<string> history = new();

    [Fact]
    public void Remaining_NothingSeen_IsEmpty() => Assert.Empty(BudgetTrend.Remaining(history, "a", Availability, null, Now));

    [Fact]
    public void Remaining_NewestPoint_AgreesWithThePresentBudget()
    {
        for (var hour = 0; hour < 24 * 40; hour++)
            history.Add("a", Now.AddHours(-hour), 1000, hour % 3 == 0 ? 9 : 4);
        var from = Now - Availability.Window;
        var (total, bad) = history.Sum("a", from, Now.AddMinutes(1));
        var expected = ErrorBudget.Remaining(bad, total, Now - history.ObservedSince("a", from)!.Value, Availability.Window, Availability.Target);

        var trend = BudgetTrend.Remaining(history, "a", Availability, null, Now);

        Assert.Equal(Now, trend[^1].At);
        Assert.Equal(expected!.Value, trend[^1].Value!.Value, 6);
        Assert.True(trend.Length <= 86, $"{trend.Length} points");
        Assert.All(trend, point => Assert.NotNull(point.Value));
    }

    [Fact]
    public void Remaining_AfterABadHour_FallsAndNeverRisesWithinTheWindow()
    {
        for (var hour = 0; hour < 48; hour++)
            history.Add("a", Now.AddHours(-hour), 1000, hour == 10 ? 500 : 0);

        var trend = BudgetTrend.Remaining(history, "a", Availability, null, Now);

        var before = trend.Last(point => point.At < Now.AddHours(-11)).Value!.Value;
        var after = trend.First(point => point.At > Now.AddHours(-8)).Value!.Value;
        Assert.Equal(1, before, 6);
        Assert.True(after < before, $"{before} then {after}");
    }

    [Fact]
    public void Remaining_HoursWithoutEvents_StayGaps()
    {
        foreach (var hour in new[] { 30, 29, 28, 4, 3, 2, 1, 0 })
            history.Add("a", Now.AddHours(-hour), 1000, 1);

        var trend = BudgetTrend.Remaining(history, "a", Availability, null, Now);

        Assert.All(trend.Where(point => point.At > Now.AddHours(-25) && point.At < Now.AddHours(-6)), point => Assert.Null(point.Value));
        Assert.NotNull(trend[^1].Value);
    }

    [Fact]
    public void Remaining_BudgetBegunAnew_BeginsThere()
    {
        for (var hour = 0; hour < 48; hour++)
            history.Add("a", Now.AddHours(-hour), 1000, 0);
        var since = Now.AddHours(-5);

        var trend = BudgetTrend.Remaining(history, "a", Availability, since, Now);

        Assert.True(trend[0].At >= since);
    }

    [Fact]
    public void Burn_NewestPoint_AgreesWithThePresentRate()
    {
        for (var minute = 0; minute < 400; minute++)
            history.Add("a", Now.AddMinutes(-minute), 100, minute < 20 ? 14 : 0);

        var trend = BudgetTrend.Burn(history, "a", 0.99, TimeSpan.FromHours(1), Now);

        Assert.Equal(BurnRates.Measure(history, "a", Now, 0.99).OneHour!.Value, trend[^1].Value!.Value, 6);
        Assert.Equal(0, trend[0].Value);
        Assert.True(trend.Length <= 86);
    }

    [Fact]
    public void Burn_SilentMinutes_StayGaps()
    {
        history.Add("a", Now.AddMinutes(-60), 100, 50);
        history.Add("a", Now, 100, 0);

        var trend = BudgetTrend.Burn(history, "a", 0.99, TimeSpan.FromMinutes(5), Now);

        Assert.All(trend.Where(point => point.At > Now.AddMinutes(-50) && point.At < Now.AddMinutes(-2)), point => Assert.Null(point.Value));
        Assert.Equal(0, trend[^1].Value);
    }
}
