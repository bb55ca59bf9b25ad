namespace ReleaseTracks.Objectives;

/// <summary>
/// What one increment of a counter means, as (events, bad events). The standard counter splits events into good and
/// bad; an own source gives a total, and either the bad or the good part of it.
/// </summary>
public enum CounterPart
{
    /// <summary>One event, not bad.</summary>
    Good = 0,

    /// <summary>One event, bad.</summary>
    Bad = 1,

    /// <summary>One event, not bad unless <see cref="BadOfTotal"/> says so.</summary>
    TotalWithBad = 2,

    /// <summary>No event of its own: one of the total was bad.</summary>
    BadOfTotal = 3,

    /// <summary>One event, bad unless <see cref="GoodOfTotal"/> says otherwise.</summary>
    TotalWithGood = 4,

    /// <summary>No event of its own: one of the total was good.</summary>
    GoodOfTotal = 5,
}

/// <summary>
/// One cumulative counter of one process as it was read. <see cref="Source"/> is empty for the standard counter; for
/// an own source it names objective and expression, so that an edited expression starts from a new baseline.
/// </summary>
public readonly record struct CounterSample(
    OutcomeSeries Series, CounterPart Part, string Instance, double Value, string Source = "")
{
    public CounterSample(OutcomeSeries series, bool bad, string instance, double value)
        : this(series, bad ? CounterPart.Bad : CounterPart.Good, instance, value)
    {
    }

    /// <summary>Whether this counter counts bad events.</summary>
    public bool Bad => Part is CounterPart.Bad or CounterPart.BadOfTotal;
}
