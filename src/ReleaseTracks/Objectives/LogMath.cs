namespace ReleaseTracks.Objectives;

/// <summary>
/// Arithmetic on logarithms. Wealth of a betting process spans hundreds of orders of magnitude, so it never
/// leaves log space. No function here returns NaN for arguments that are not NaN and, for
/// <see cref="Log1p"/>, at least −1.
/// </summary>
public static class LogMath
{
    /// <summary>
    /// ln(1 + x), accurate for small x too (Kahan's correction; System.Math has no log1p):
    /// the rounding error of 1 + x is divided out again by the same rounded value.
    /// </summary>
    public static double Log1p(double x)
    {
        var sum = 1 + x;
        if (sum == 1)
            return x;
        return double.IsPositiveInfinity(sum) ? sum : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>ln(eᵃ + eᵇ) without overflow.</summary>
    public static double LogAddExp(double a, double b)
    {
        var (high, low) = a > b ? (a, b) : (b, a);
        return double.IsInfinity(high) || double.IsNegativeInfinity(low) ? high : high + Log1p(Math.Exp(low - high));
    }

    /// <summary>ln Σ eˣ without overflow; −∞ for no terms.</summary>
    public static double LogSumExp(ReadOnlySpan<double> terms)
    {
        var max = Max(terms);
        if (double.IsInfinity(max))
            return max;
        var sum = 0.0;
        foreach (var term in terms)
            sum += Math.Exp(term - max);
        return max + Math.Log(sum);
    }

    internal static double Max(ReadOnlySpan<double> terms)
    {
        var max = double.NegativeInfinity;
        foreach (var term in terms)
            max = term > max ? term : max;
        return max;
    }
}
