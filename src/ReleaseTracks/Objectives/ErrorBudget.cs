namespace ReleaseTracks.Objectives;

/// <summary>
/// Error budget = (1 − target) × V, with V the larger of the events seen and the events the observed rate projects
/// for the whole window: one early failure must not be the whole budget of an almost empty window.
/// </summary>
public static class ErrorBudget
{
    /// <summary>
    /// Spent share of the budget, 1 and more being exhausted. Null while nothing has been seen: unknown is not zero.
    /// </summary>
    public static double? Spent(long bad, long total, TimeSpan observed, TimeSpan window, double target)
    {
        if (bad < 0 || total <= 0 || observed <= TimeSpan.Zero || window <= TimeSpan.Zero || !(target > 0 && target < 1))
            return null;
        var projected = observed >= window ? total : total * (window / observed);
        return bad / ((1 - target) * Math.Max(total, projected));
    }

    /// <summary>What is left of the budget; below 0 when overspent.</summary>
    public static double? Remaining(long bad, long total, TimeSpan observed, TimeSpan window, double target) =>
        1 - Spent(bad, total, observed, window, target);
}
