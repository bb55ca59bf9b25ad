namespace ReleaseTracks.Objectives;

/// <summary>
/// The three bets on one interval. Each multiplies a wealth whose expectation does not grow while the objective
/// holds; together with the start and restart weights, which sum to 1, the wealth is an e-process.
/// </summary>
internal static class GuardBets
{
    /// <summary>
    /// g: betting against E[f/n] ≤ B (Waudby-Smith and Ramdas, "Estimating means of bounded random variables by
    /// betting", JRSS B 2024). Only the mean of the fraction matters, so failures may come in bursts.
    /// </summary>
    public static void G(double[] wealth, GuardSettings settings, long total, long bad)
    {
        if (bad == 0)
        {
            for (var k = 0; k < wealth.Length; k++)
                wealth[k] += settings.CleanG[k];
            return;
        }
        var excess = (double)bad / total - settings.Tolerance;
        for (var k = 0; k < wealth.Length; k++)
            wealth[k] += LogMath.Log1p(settings.Slopes[k] * excess);
    }

    /// <summary>bR: likelihood ratio of failure rate q against B, for independent failures.</summary>
    public static void BR(double[] wealth, GuardSettings settings, long total, long bad)
    {
        double failures = bad, successes = total - bad;
        for (var k = 0; k < wealth.Length; k++)
            wealth[k] += failures * settings.LogBad[k] + successes * settings.LogGood[k];
    }

    /// <summary>
    /// c1: of the failures, is the treatment's share larger than its traffic and the margin explain? (Thinned-failure
    /// two-sample test after Lindon and Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022.) The rise, where it is kept, gets the same bets from a later start.
    /// </summary>
    public static void C1(double[] wealth, double[]? rise, GuardSettings settings, in IntervalCounts counts)
    {
        double bad = counts.Bad, all = bad + counts.ControlBad;
        if (all == 0)
            return;
        double total = counts.Total, control = counts.ControlTotal;
        for (var k = 0; k < wealth.Length; k++)
        {
            var ratio = settings.Ratios[k];
            // ln((n_c + r·n)/(n_c + R·n)), written so that it stays exact when the treatment is a sliver.
            var share = LogMath.Log1p((settings.Margin - ratio) * total / (control + ratio * total));
            var gain = bad * settings.LogRatios[k] + all * share;
            wealth[k] += gain;
            if (rise is not null)
                rise[k] += gain;
        }
    }

    /// <summary>Half of the capital goes in at the start, spread over the grid.</summary>
    public static void Start(double[] wealth) => Array.Fill(wealth, Math.Log(0.5 / Math.Max(1, wealth.Length)));

    /// <summary>The other half goes in by the hour (weighted Shiryaev–Roberts), so that a healthy past does not dull the guard.</summary>
    public static void Restart(double[] wealth, int times)
    {
        var stake = Math.Log(0.5 * times / GuardSettings.RestartsPerWindow / Math.Max(1, wealth.Length));
        for (var k = 0; k < wealth.Length; k++)
            wealth[k] = LogMath.LogAddExp(wealth[k], stake);
    }

    /// <summary>Whether ln Σeˡ ≥ level; sums only when the largest term leaves it open.</summary>
    public static bool Reaches(double[] wealth, double level)
    {
        var max = LogMath.Max(wealth);
        return max >= level || (max + Math.Log(Math.Max(1, wealth.Length)) >= level && LogMath.LogSumExp(wealth) >= level);
    }
}
