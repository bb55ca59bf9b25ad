namespace ReleaseTracks.Objectives;

/// <summary>What the last look at a row's counters found. Only the first two say anything about the feature.</summary>
public enum Freshness
{
    Fresh,

    /// <summary>Measured, and no event happened: no evidence either way.</summary>
    Idle,

    /// <summary>The source knows no such row.</summary>
    NoData,

    /// <summary>Older than three scrape intervals.</summary>
    Stale,

    /// <summary>The source did not answer, or not with success.</summary>
    Unavailable,

    /// <summary>The source answered with warnings: something may be missing.</summary>
    Partial,
}
