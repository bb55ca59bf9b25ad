using System.Collections.Frozen;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks;

/// <summary>
/// How many users chose each track, read at most every few seconds however many people look. Null is unknown: the
/// store did not answer.
/// </summary>
public sealed class EnrolledCounts(EnrollmentStore store, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(5);
    private volatile FrozenDictionary<TrackKey, long>? counts;
    private long readAt;

    public long? Of(TrackKey track) => counts?.GetValueOrDefault(track);

    /// <summary>Not for concurrent use: one service refreshes for everybody.</summary>
    public async Task RefreshAsync()
    {
        // A little early rather than a whole round late: the caller comes in the same rhythm.
        if (readAt != 0 && time.GetElapsedTime(readAt) < Lifetime * 0.9)
            return;
        try
        {
            counts = await store.CountsAsync();
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost) || lost is InvalidOperationException)
        {
            counts = null;
        }

        readAt = time.GetTimestamp();
    }
}
