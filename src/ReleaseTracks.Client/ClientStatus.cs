namespace ReleaseTracks.Client;

/// <summary>How far the app can trust what it serves.</summary>
public enum ClientState
{
    /// <summary>No snapshot yet: every feature is served as the code has it without the feature.</summary>
    Empty,

    /// <summary>The server has not vouched for the snapshot for longer than <see cref="ReleaseTracksOptions.StaleAfter"/>.</summary>
    Stale,

    /// <summary>The server vouched for the snapshot within that time.</summary>
    Live,
}

/// <summary>What the health check and the metrics say, for the app's own use.</summary>
/// <param name="State">Empty, stale or live.</param>
/// <param name="Revision">The revision that is served; 0 without a snapshot.</param>
/// <param name="Age">Time since the server last vouched for it, counted on a monotonic clock while the app runs; null without a snapshot.</param>
/// <param name="Connected">The stream from the server is open.</param>
/// <param name="Problem">What is wrong and what to do about it; null if nothing is.</param>
public sealed record ClientStatus(ClientState State, long Revision, TimeSpan? Age, bool Connected, string? Problem);

/// <summary>Tells how the client is doing. A singleton.</summary>
public interface IReleaseTracksStatus
{
    /// <summary>The status now.</summary>
    ClientStatus Current { get; }
}
