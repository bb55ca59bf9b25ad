using System.Collections.Immutable;

namespace ReleaseTracks.Objectives;

/// <summary>
/// The runtime form of one objective for the guard: grids and logarithms worked out once, immutable, shared by
/// all rows of the objective.
/// </summary>
public sealed class GuardSettings
{
    public const int RestartsPerWindow = 720;

    /// <summary>Fewer failures than this are never a proof, however long the odds.</summary>
    public const long MinimumBad = 5;

    public static readonly TimeSpan Window = TimeSpan.FromDays(30);
    public static readonly TimeSpan RestartEvery = TimeSpan.FromHours(1);

    private static readonly ImmutableArray<double> Kappas = [0.9, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005];

    public GuardSettings(double tolerance, double alpha = 0.01, double margin = 1, bool holdOnSharedOutage = true, ulong counted = 0)
    {
        RequireOpen(tolerance, 1, nameof(tolerance));
        RequireOpen(alpha, 1, nameof(alpha));
        if (!(margin >= 1 && double.IsFinite(margin)))
            throw new ArgumentOutOfRangeException(nameof(margin), margin, "The margin is a number of at least 1.");
        (Tolerance, Alpha, Margin, HoldOnSharedOutage) = (tolerance, alpha, margin, holdOnSharedOutage);
        Threshold = -Math.Log(alpha);
        Slopes = [.. Kappas.Select(kappa => kappa / tolerance)];
        CleanG = [.. Kappas.Select(kappa => LogMath.Log1p(-kappa))];
        var rates = 1.5 * tolerance < 0.9 ? Geometric(1.5 * tolerance, 0.9, 16) : [];
        LogBad = [.. rates.Select(rate => Math.Log(rate / tolerance))];
        LogGood = [.. rates.Select(rate => LogMath.Log1p(-rate) - LogMath.Log1p(-tolerance))];
        Ratios = Geometric(1.5 * margin, 200 * margin, 8);
        LogRatios = [.. Ratios.Select(ratio => Math.Log(ratio / margin))];
        Fingerprint = Mix(Mix(Mix(14695981039346656037, tolerance), alpha), margin) ^ counted;
    }

    /// <summary>B, the failure ratio the objective tolerates.</summary>
    public double Tolerance { get; }

    public double Alpha { get; }

    /// <summary>r, how many times worse than control is still no evidence.</summary>
    public double Margin { get; }

    public bool HoldOnSharedOutage { get; }

    /// <summary>ln(1/α): by Ville's inequality log evidence gets here by chance with probability at most α.</summary>
    public double Threshold { get; }

    /// <summary>Tells settings apart whose evidence must not be continued by one another.</summary>
    public ulong Fingerprint { get; }

    internal ImmutableArray<double> Slopes { get; }

    internal ImmutableArray<double> CleanG { get; }

    internal ImmutableArray<double> LogBad { get; }

    internal ImmutableArray<double> LogGood { get; }

    internal ImmutableArray<double> Ratios { get; }

    internal ImmutableArray<double> LogRatios { get; }

    public static GuardSettings For(Objective objective) => new(
        objective.Tolerance, objective.Alpha, objective.Margin, objective.SharedOutage == SharedOutageAction.Hold, objective.CountedFingerprint);

    /// <summary>The most false rollbacks to expect per 30 days: α is per feature, so the bounds add up.</summary>
    public static double ExpectedFalseRollbacks(int features, double alpha) => features * alpha;

    private static ImmutableArray<double> Geometric(double first, double last, int count) =>
        [.. Enumerable.Range(0, count).Select(i => first * Math.Pow(last / first, i / (count - 1.0)))];

    private static void RequireOpen(double value, double end, string name)
    {
        if (!(value > 0 && value < end))
            throw new ArgumentOutOfRangeException(name, value, $"Must lie strictly between 0 and {end}.");
    }

    private static ulong Mix(ulong hash, double value) =>
        (hash ^ BitConverter.DoubleToUInt64Bits(value)) * 1099511628211 ^ (hash >> 29);
}
