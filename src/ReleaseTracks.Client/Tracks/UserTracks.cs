using Microsoft.Extensions.Options;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tracks;

/// <summary>The track that counts for a user: what they enrolled on, by the rules of the newest snapshot. Last known, then Stable.</summary>
internal sealed class UserTracks(EnrollmentCache cache, EnrollmentLoader loader, IOptions<ReleaseTracksOptions> options, TimeProvider time)
{
    /// <summary>At once; who is unknown or in doubt is asked for in the background.</summary>
    public TrackKey Now(ClientSnapshot snapshot, string? user, string? organisation)
    {
        if (string.IsNullOrEmpty(user))
            return TrackKey.Stable;
        var stored = cache.Find(user, out var fresh);
        if (!fresh)
            _ = loader.LoadAsync(user);
        return Effective(snapshot, user, stored, organisation);
    }

    /// <summary>Waits a little for who is unknown or in doubt.</summary>
    public ValueTask<TrackKey> SoonAsync(ClientSnapshot snapshot, string? user, string? organisation)
    {
        if (string.IsNullOrEmpty(user))
            return ValueTask.FromResult(TrackKey.Stable);
        var stored = cache.Find(user, out var fresh);
        return fresh ? ValueTask.FromResult(Effective(snapshot, user, stored, organisation)) : AskAsync(snapshot, user, organisation);
    }

    private async ValueTask<TrackKey> AskAsync(ClientSnapshot snapshot, string user, string? organisation)
    {
        var asked = loader.LoadAsync(user);
        if (!asked.IsCompleted)
            await asked.WaitAsync(options.Value.LookupWait, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Effective(snapshot, user, cache.Find(user, out _), organisation);
    }

    /// <summary>Unknown is not the same as without a choice: the cohort is for the latter.</summary>
    private static TrackKey Effective(ClientSnapshot snapshot, string user, Enrollment? stored, string? organisation) =>
        stored is null ? TrackKey.Stable : EnrollmentRules.EffectiveTrack(snapshot.State, user, stored, organisation);
}
