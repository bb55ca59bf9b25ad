namespace ReleaseTracks.Objectives;

/// <summary>Why a window of evidence ended before its 30 days were over.</summary>
public enum WindowEnd
{
    SharedOutageEnded,
    RollbackCleared,
    ObjectiveChanged,

    /// <summary>Of a track as a whole: one of its features was killed, archived or is not released there any more.</summary>
    FeatureLeft,
}

/// <summary>A window that ended early. Its α is spent: the false-alarm bounds of all windows add up.</summary>
public readonly record struct SpentWindow(DateTimeOffset Start, DateTimeOffset End, WindowEnd Reason, double Alpha);

/// <summary>
/// Everything the guard remembers about one (feature, track, objective): the only mutable holder, changed only by
/// <see cref="Guard"/>, by one caller at a time. Written and read by <see cref="GuardStateCodec"/>.
/// </summary>
public sealed class GuardState
{
    /// <summary>The list of spent windows keeps the latest; <see cref="SpentCount"/> counts all.</summary>
    public const int SpentKept = 32;

    internal GuardState(int gridBR) => BR = new double[gridBR];

    public DateTimeOffset WindowStart { get; internal set; }

    /// <summary>End of the last interval seen, hence the start of the next.</summary>
    public DateTimeOffset LastObserved { get; internal set; }

    /// <summary>The ledger revision at which the row's last rollback was cleared; another one means a fresh window.</summary>
    public long Epoch { get; internal set; }

    /// <summary><see cref="GuardSettings.Fingerprint"/> of the settings the evidence was gathered under.</summary>
    public ulong Fingerprint { get; internal set; }

    public int Restarts { get; internal set; }

    public DateTimeOffset? LastRestart { get; internal set; }

    public DateTimeOffset? GLatchedAt { get; internal set; }

    public DateTimeOffset? BRLatchedAt { get; internal set; }

    public DateTimeOffset? C1LatchedAt { get; internal set; }

    /// <summary>
    /// When g was latched, at least five events were bad, and the control agreed or had no say. A latch: what comes
    /// later (recovery, missing data, a control that appears after the rollback) does not undo it.
    /// </summary>
    public DateTimeOffset? ProvenAt { get; internal set; }

    /// <summary>
    /// Where the present rise of g began: when it last stood at or below 0. Stays put once g has latched, so that
    /// it names the rise that led to the decision even while the wealth falls again.
    /// </summary>
    public DateTimeOffset RisingSince { get; internal set; }

    /// <summary>Counts since <see cref="RisingSince"/>, of intervals with treatment traffic.</summary>
    public IntervalCounts SinceRise { get; internal set; }

    /// <summary>Counts in this window that have been bet on; what is still carried is not in here.</summary>
    public IntervalCounts Counts { get; internal set; }

    /// <summary>Bad events that outnumber the events so far and wait for the next interval that has some.</summary>
    public long CarriedBad { get; internal set; }

    public long CarriedControlBad { get; internal set; }

    /// <summary>Time with treatment traffic since the control was last heard.</summary>
    public TimeSpan ControlSilence { get; internal set; }

    /// <summary>Set while g is latched and the control, being usable, has not confirmed it.</summary>
    public SharedOutageHold? Hold { get; internal set; }

    public int SpentCount { get; internal set; }

    public IReadOnlyList<SpentWindow> Spent => SpentWindows;

    internal double[] G { get; } = new double[8];

    internal double[] BR { get; }

    internal double[] C1 { get; } = new double[8];

    /// <summary>
    /// c1 since the present rise alone; only there while <see cref="C1LatchedAt"/> is older than the rise and the
    /// comparison has not been proven again. A feature that always fails a little more than its fallback has c1
    /// latched for good, and would otherwise be rolled back in every outage of the whole product.
    /// </summary>
    internal double[]? RiseC1 { get; set; }

    internal List<SpentWindow> SpentWindows { get; } = [];
}
