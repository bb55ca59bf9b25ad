namespace ReleaseTracks.Objectives;

/// <summary>What one poll says about the data of one row.</summary>
public enum Freshness
{
    Fresh,
    Idle,
    NoData,
    Stale,
    Unavailable,
    Partial,
}
