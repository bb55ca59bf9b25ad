namespace ReleaseTracks.Objectives;

/// <summary>
/// What happened between two polls: events and bad events of the treatment (what is guarded) and of the control
/// (who got the fallback). Bad may exceed the total: reports of harm arrive after the use they are about.
/// </summary>
public readonly record struct IntervalCounts(long Total, long Bad, long ControlTotal, long ControlBad)
{
    public static IntervalCounts operator +(IntervalCounts a, IntervalCounts b) => new(
        a.Total + b.Total, a.Bad + b.Bad, a.ControlTotal + b.ControlTotal, a.ControlBad + b.ControlBad);

    public static IntervalCounts Add(IntervalCounts left, IntervalCounts right) => left + right;

    internal void ThrowIfNegative()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Total);
        ArgumentOutOfRangeException.ThrowIfNegative(Bad);
        ArgumentOutOfRangeException.ThrowIfNegative(ControlTotal);
        ArgumentOutOfRangeException.ThrowIfNegative(ControlBad);
    }
}
