namespace ReleaseTracks.Server.Store;

/// <summary>Everything one tick of the control loop remembers, in absolute values: writing it twice changes nothing.</summary>
public sealed record TickWrite
{
    /// <summary>
    /// The commit this one builds on: fields that are still the same are not written again. It becomes this one when it is done.
    /// Null writes everything, on top of whatever is there.
    /// </summary>
    public GuardCommit? Since { get; init; }

    /// <summary>All rows there are: what is not named is gone. Null leaves the former ones.</summary>
    public IReadOnlyDictionary<string, byte[]>? Rows { get; init; }

    /// <summary>The counters as of this tick; null leaves the former ones.</summary>
    public byte[]? Counters { get; init; }

    /// <summary>Whole minutes: every series that has events in them.</summary>
    public IReadOnlyList<StoredBucket> Minutes { get; init; } = [];

    /// <summary>Whole hours.</summary>
    public IReadOnlyList<StoredBucket> Hours { get; init; } = [];
}
