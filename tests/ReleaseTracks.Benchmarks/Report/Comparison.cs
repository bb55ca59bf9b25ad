using System.Globalization;

namespace ReleaseTracks.Benchmarks.Report;

/// <summary>One row of the table: ours and a baseline, measured in the same run.</summary>
/// <param name="What">What was measured, with its size.</param>
/// <param name="Ours">With its unit.</param>
/// <param name="Against">What the baseline is.</param>
/// <param name="Baseline">With its unit.</param>
/// <param name="Ratio">Ours ÷ baseline; the unit says whether more is better.</param>
/// <param name="Note">What else was seen: tail latency, memory, CPU.</param>
internal sealed record Comparison(string What, string Ours, string Against, string Baseline, double Ratio, string Note)
{
    /// <summary>Both figures have the same <paramref name="unit"/>, such as <c>ns</c>.</summary>
    public static Comparison Of(string what, double ours, string against, double baseline, string unit, string note = "") =>
        new(what, Figure(ours, unit), against, Figure(baseline, unit), ours / baseline, note);

    public static string Figure(double value, string unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(Math.Abs(value) >= 100 ? Math.Round(value).ToString("#,0", CultureInfo.InvariantCulture) : value.ToString("0.##", CultureInfo.InvariantCulture))} {unit}");
}
