namespace ReleaseTracks.Objectives;

/// <summary>When the control has a say in the decision.</summary>
public static class ControlGroup
{
    /// <summary>Treatment traffic for this long without one control event, and the control is gone.</summary>
    public static readonly TimeSpan MaxSilence = TimeSpan.FromMinutes(10);

    /// <summary>Log evidence that c1 must have had the chance to gain from the present rise.</summary>
    public const double MinPotential = 0.25;

    /// <summary>
    /// True when the control is current and large enough to be worth waiting for; otherwise g decides alone, which
    /// keeps its own false-alarm bound α.
    /// </summary>
    /// <remarks>
    /// <para>Current: a control event in the last ten minutes that had treatment traffic. One event an hour ago must
    /// not block a rollback for ever.</para>
    /// <para>Large enough: had the control been flawless since the evidence began to rise, c1 could have gained at
    /// most f·ln(1 + n_c/(r·n)), which is about the number of failures the control would have shown in a shared
    /// outage. c1 needs about ln(1/α) + ln 16 = 7.4, and its potential grows in step with the failures, so at a
    /// quarter the wait for c1 is bounded by about thirty times the length of the rise. Below that the control is
    /// too small to tell a shared outage from the feature's own: with five failures, a control of less than a
    /// twentieth of the traffic. (Simulated at 5×/5× with a control of a tenth: at 0.5, 11 % of shared outages were
    /// rolled back for want of a usable control; at 0.25, 0.6 %.)</para>
    /// </remarks>
    public static bool IsUsable(GuardState state, GuardSettings settings) =>
        state.Counts.ControlTotal > 0
        && state.ControlSilence < MaxSilence
        && Potential(state.SinceRise, settings.Margin) >= MinPotential;

    internal static double Potential(IntervalCounts rise, double margin) =>
        rise.Total == 0 ? 0 : rise.Bad * LogMath.Log1p(rise.ControlTotal / (margin * rise.Total));
}
