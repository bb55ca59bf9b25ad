using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class ErrorBudgetTests
{
    private static readonly TimeSpan Window = TimeSpan.FromDays(28);

    [Fact]
    public void Spent_OneEarlyFailure_IsNotTheWholeBudget() =>
        Assert.True(ErrorBudget.Spent(1, 15, TimeSpan.FromSeconds(15), Window, 0.99) < 0.0001);

    [Fact]
    public void Spent_FullWindow_IsBadOverTolerated()
    {
        Assert.Equal(1, ErrorBudget.Spent(100, 10_000, Window, Window, 0.99)!.Value, 1e-9);
        Assert.Equal(-1, ErrorBudget.Remaining(200, 10_000, Window, Window, 0.99)!.Value, 1e-9);
    }

    [Fact]
    public void Spent_NothingSeen_IsUnknown()
    {
        Assert.Null(ErrorBudget.Spent(0, 0, Window, Window, 0.99));
        Assert.Null(ErrorBudget.Spent(1, 10, TimeSpan.Zero, Window, 0.99));
        Assert.Null(ErrorBudget.Remaining(0, 0, Window, Window, 0.99));
    }
}
