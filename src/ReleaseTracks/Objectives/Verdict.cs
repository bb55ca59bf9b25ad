namespace ReleaseTracks.Objectives;

/// <summary>
/// The answer of one check, ordered so that the worst wins when several are put together.
/// Only <see cref="Failed"/> acts; <see cref="Inconclusive"/> and <see cref="Error"/> hold and tell.
/// Missing data is <see cref="Error"/>, never <see cref="Healthy"/>.
/// </summary>
public enum Verdict
{
    Healthy = 0,

    /// <summary>Measured, but there is not enough evidence either way, or the whole product is failing.</summary>
    Inconclusive = 1,

    /// <summary>Could not be measured.</summary>
    Error = 2,
    Failed = 3,
}

public static class Verdicts
{
    public static string Wire(this Verdict verdict) => verdict switch
    {
        Verdict.Healthy => "Healthy",
        Verdict.Inconclusive => "Inconclusive",
        Verdict.Error => "Error",
        _ => "Failed",
    };

    /// <summary>The worst of several verdicts. Nothing to judge is <see cref="Verdict.Error"/>.</summary>
    public static Verdict Worst(IEnumerable<Verdict> verdicts) =>
        verdicts.Select(verdict => (Verdict?)verdict).Max() ?? Verdict.Error;
}
