namespace ReleaseTracks.Objectives;

/// <content>How windows of evidence begin and end.</content>
public static partial class Guard
{
    public static GuardState Start(GuardSettings settings, DateTimeOffset now, long epoch)
    {
        var state = new GuardState(settings.LogBad.Length)
        {
            Epoch = epoch,
            Fingerprint = settings.Fingerprint,
            LastObserved = now,
        };
        Reset(state, now);
        return state;
    }

    /// <summary>
    /// The state to go on with: the same one, or a fresh window when the row's rollback was cleared since, or the
    /// objective is another. Nothing stored also starts afresh.
    /// </summary>
    public static GuardState Resume(GuardState? stored, GuardSettings settings, DateTimeOffset now, long epoch)
    {
        if (stored is null)
            return Start(settings, now, epoch);
        var changed = stored.Fingerprint != settings.Fingerprint || stored.BR.Length != settings.LogBad.Length;
        if (!changed && stored.Epoch == epoch)
            return stored;
        return Renew(stored, settings, now, epoch, changed ? WindowEnd.ObjectiveChanged : WindowEnd.RollbackCleared);
    }

    /// <summary>A fresh window before the old one is over; the α of that one is spent.</summary>
    public static GuardState Renew(GuardState stored, GuardSettings settings, DateTimeOffset now, long epoch, WindowEnd reason)
    {
        var fresh = Start(settings, now, epoch);
        fresh.LastObserved = Later(stored.LastObserved, now);
        (fresh.CarriedBad, fresh.CarriedControlBad) = (stored.CarriedBad, stored.CarriedControlBad);
        fresh.SpentCount = stored.SpentCount;
        fresh.SpentWindows.AddRange(stored.SpentWindows);
        Spend(fresh, new(stored.WindowStart, now, reason, settings.Alpha));
        return fresh;
    }

    private static void Spend(GuardState state, SpentWindow window)
    {
        state.SpentCount++;
        state.SpentWindows.Add(window);
        if (state.SpentWindows.Count > GuardState.SpentKept)
            state.SpentWindows.RemoveAt(0);
    }

    /// <summary>Everything but the carried bad events and the list of spent windows begins anew.</summary>
    private static void Reset(GuardState state, DateTimeOffset start)
    {
        GuardBets.Start(state.G);
        GuardBets.Start(state.BR);
        GuardBets.Start(state.C1);
        state.WindowStart = state.RisingSince = start;
        state.Restarts = 0;
        state.LastRestart = null;
        state.GLatchedAt = state.BRLatchedAt = state.C1LatchedAt = state.ProvenAt = null;
        state.Counts = state.SinceRise = default;
        state.ControlSilence = TimeSpan.Zero;
        (state.Hold, state.RiseC1) = (null, null);
    }
}
