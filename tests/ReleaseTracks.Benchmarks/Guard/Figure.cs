namespace ReleaseTracks.Benchmarks;

/// <summary>One rule's outcome over many runs.</summary>
/// <param name="Fired">Share of runs with a rollback where none was due.</param>
/// <param name="Missed">Share of runs whose fault was not found.</param>
/// <param name="Early">Share of runs rolled back before their fault.</param>
/// <param name="Median">Median seconds from fault to rollback over the runs that were not early; infinite when most missed.</param>
internal sealed record Figure(double Fired, double Missed, double Early, double Median)
{
    public static Figure Of(int?[] intervals, bool detects)
    {
        var early = intervals.Count(interval => detects && interval <= 0);
        var due = intervals.Where(interval => !detects || interval is not <= 0)
            .Select(interval => TrialResult.Seconds(interval) ?? double.PositiveInfinity).Order().ToArray();
        double all = intervals.Length;
        return new(
            intervals.Count(interval => interval is not null) / all,
            due.Count(double.IsInfinity) / all,
            early / all,
            due.Length == 0 ? double.PositiveInfinity : due[due.Length / 2]);
    }

    public bool Reaches(double target, bool detects) => detects ? Median <= target && Missed == 0 : Fired <= target;

    public string Text(bool detects)
    {
        if (!detects)
            return FormattableString.Invariant($"{Fired:0.00%}");
        var time = double.IsInfinity(Median) ? "never" : FormattableString.Invariant($"{Median:0} s");
        return time + FormattableString.Invariant($", {Missed:0.#%} missed")
            + (Early > 0 ? FormattableString.Invariant($", {Early:0.#%} early") : "");
    }
}
