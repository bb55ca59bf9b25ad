namespace ReleaseTracks.Objectives;

/// <summary>
/// The anytime-valid test of one objective. While the objective holds, the probability that g ever latches within a
/// window is at most α, at whatever moments one looks (Ville's inequality).
/// </summary>
public static partial class Guard
{
    /// <summary>Puts the stakes of <paramref name="times"/> restarts on top of the present wealth.</summary>
    public static void Restart(GuardState state, int times = 1)
    {
        GuardBets.Restart(state.G, times);
        GuardBets.Restart(state.BR, times);
        GuardBets.Restart(state.C1, times);
        state.Restarts += times;
    }

    /// <summary>Takes in the counts between the last call and <paramref name="now"/>.</summary>
    /// <remarks>
    /// Restarts and new windows go by the time at which the interval began, which was known before any of its
    /// events. Going by its end would let the data choose the stake whenever a failing service also delays the poll.
    /// After a late poll all restarts that fell due are made up, at most 720 per window.
    /// </remarks>
    public static void Observe(GuardState state, GuardSettings settings, IntervalCounts counts, DateTimeOffset now)
    {
        counts.ThrowIfNegative();
        var began = state.LastObserved;
        now = Later(began, now);
        state.LastObserved = now;
        if (began - state.WindowStart >= GuardSettings.Window)
            Reset(state, began);
        RestartDue(state, began);

        var effective = Carry(state, counts);
        Bet(state, settings, effective);
        state.Counts += effective;
        HearControl(state, effective, now - began);
        Latch(state, settings, effective, now);
        Judge(state, settings, effective, now);
    }

    public static GuardEvidence Evidence(GuardState state) => new(
        LogMath.LogSumExp(state.G),
        state.BR.Length == 0 ? null : LogMath.LogSumExp(state.BR),
        state.Counts.ControlTotal == 0 ? null : LogMath.LogSumExp(state.C1));

    private static void RestartDue(GuardState state, DateTimeOffset time)
    {
        var hours = (long)((time - state.WindowStart) / GuardSettings.RestartEvery) + 1;
        var missing = (int)Math.Min(hours, GuardSettings.RestartsPerWindow) - state.Restarts;
        if (missing <= 0)
            return;
        Restart(state, missing);
        state.LastRestart = time;
    }

    private static IntervalCounts Carry(GuardState state, IntervalCounts counts)
    {
        var bad = counts.Bad + state.CarriedBad;
        var controlBad = counts.ControlBad + state.CarriedControlBad;
        var effective = counts with
        {
            Bad = Math.Min(bad, counts.Total),
            ControlBad = Math.Min(controlBad, counts.ControlTotal),
        };
        state.CarriedBad = bad - effective.Bad;
        state.CarriedControlBad = controlBad - effective.ControlBad;
        return effective;
    }

    private static void Bet(GuardState state, GuardSettings settings, in IntervalCounts counts)
    {
        if (counts.Total == 0)
            return;
        GuardBets.G(state.G, settings, counts.Total, counts.Bad);
        GuardBets.BR(state.BR, settings, counts.Total, counts.Bad);
        if (counts.ControlTotal > 0)
            GuardBets.C1(state.C1, state.RiseC1, settings, counts);
    }

    private static void HearControl(GuardState state, in IntervalCounts counts, TimeSpan length)
    {
        if (counts.ControlTotal > 0)
            state.ControlSilence = TimeSpan.Zero;
        else if (counts.Total > 0)
            state.ControlSilence += length;
    }

    private static void Latch(GuardState state, GuardSettings settings, in IntervalCounts counts, DateTimeOffset now)
    {
        if (counts.Total > 0)
            state.SinceRise += counts;
        if (state.GLatchedAt is null && !GuardBets.Reaches(state.G, double.Epsilon))
            BeginRise(state, now);
        if (state.GLatchedAt is null && GuardBets.Reaches(state.G, settings.Threshold))
            state.GLatchedAt = now;
        if (state.BRLatchedAt is null && GuardBets.Reaches(state.BR, settings.Threshold))
            state.BRLatchedAt = now;
        if (state.C1LatchedAt is null && GuardBets.Reaches(state.C1, settings.Threshold))
            state.C1LatchedAt = now;
        if (state.RiseC1 is not null && GuardBets.Reaches(state.RiseC1, settings.Threshold))
            state.RiseC1 = null;
    }

    private static void BeginRise(GuardState state, DateTimeOffset now)
    {
        (state.RisingSince, state.SinceRise) = (now, default);
        if (state.C1LatchedAt is null)
            return;
        state.RiseC1 ??= new double[state.C1.Length];
        Array.Fill(state.RiseC1, -Math.Log(state.C1.Length));
    }

    private static void Judge(GuardState state, GuardSettings settings, in IntervalCounts counts, DateTimeOffset now)
    {
        if (state.GLatchedAt is null || state.ProvenAt is not null)
            return;
        if (state.Hold is null && MustWait(state, settings))
            state.Hold = new SharedOutageHold(now);
        state.Hold?.Add(counts, now);
        // In a hold the treatment may have recovered in the meantime; then there is nothing left to roll back for.
        if (!MustWait(state, settings) && state.Hold?.TreatmentFails(settings.Tolerance) is not false)
        {
            if (state.Counts.Bad < GuardSettings.MinimumBad)
                return;
            (state.ProvenAt, state.Hold) = (now, null);
            return;
        }
        if (state.Hold?.HasEnded(settings.Tolerance, now) is not true)
            return;
        Spend(state, new(state.WindowStart, now, WindowEnd.SharedOutageEnded, settings.Alpha));
        Reset(state, now);
    }

    private static bool MustWait(GuardState state, GuardSettings settings) =>
        settings.HoldOnSharedOutage
        && (state.C1LatchedAt is null || state.RiseC1 is not null)
        && ControlGroup.IsUsable(state, settings);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
