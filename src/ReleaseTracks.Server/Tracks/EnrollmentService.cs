using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks;

/// <summary>
/// Which track a user is on: the store's record behind a bounded cache that the store's change signal keeps right.
/// </summary>
public sealed class EnrollmentService(EnrollmentStore store, EnrollmentCache cache, SnapshotHolder snapshots, TimeProvider time)
{
    private const int MostAttempts = 20;

    /// <summary>The stored enrollment. No I/O when it is cached.</summary>
    public ValueTask<Enrollment> GetAsync(string userId)
    {
        return cache.TryGet(userId, out var known) ? ValueTask.FromResult(known) : LoadAsync(userId);
    }

    /// <summary>The track that counts for this user in this context; somebody unknown is on Stable.</summary>
    public ValueTask<TrackKey> TrackAsync(string? userId, string? organisation)
    {
        if (string.IsNullOrEmpty(userId))
            return ValueTask.FromResult(TrackKey.Stable);
        return cache.TryGet(userId, out var known)
            ? ValueTask.FromResult(EnrollmentRules.EffectiveTrack(snapshots.Current, userId, known, organisation))
            : Slow();

        async ValueTask<TrackKey> Slow() =>
            EnrollmentRules.EffectiveTrack(snapshots.Current, userId, await LoadAsync(userId), organisation);
    }

    /// <summary>Changes the enrollment if the rules allow it, with a receipt.</summary>
    public async Task<EnrollmentDecision> ChangeAsync(string userId, EnrollmentRequest request, Actor actor)
    {
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            var (current, version) = FromRecord(await store.GetAsync(userId));
            var decision = EnrollmentRules.Decide(snapshots.Current, current, request, time.GetUtcNow());
            if (decision.Enrollment is not { } next)
                return decision;
            if (next == current && version > 0)
                return decision;

            var record = new EnrollmentRecord(next.Track, next.Source.Wire(), next.Since ?? time.GetUtcNow(), next.Organisation, next.DisclosureVersion, version + 1);
            var change = await store.ChangeAsync(userId, version, record, Receipt(userId, current, next, actor));
            if (change.Outcome != EnrollmentOutcome.Conflict)
            {
                // Removed, not replaced: another server may have changed it again already.
                cache.Remove(userId);
                return decision;
            }
        }

        throw new TimeoutException("The enrollment of this user changes all the time; try again.");
    }

    public async Task EraseAsync(string userId)
    {
        await store.EraseAsync(userId);
        cache.Remove(userId);
    }

    private async ValueTask<Enrollment> LoadAsync(string userId)
    {
        var ticket = cache.StartLoading(userId);
        var (loaded, _) = FromRecord(await store.GetAsync(userId));
        cache.PutLoaded(userId, loaded, ticket);
        return loaded;
    }

    internal static (Enrollment Enrollment, long Version) FromRecord(EnrollmentRecord? record) => record is null
        ? (Enrollment.None, 0)
        : (new(record.Track, EnrollmentSources.Parse(record.Source), record.Since, record.Organisation, record.DisclosureVersion), record.Version);

    private byte[] Receipt(string userId, Enrollment before, Enrollment after, Actor actor) => System.Text.Encoding.UTF8.GetBytes(Json.Object(json =>
    {
        json.WriteString("at", Json.Time(after.Since ?? time.GetUtcNow()));
        json.WriteString("user", userId);
        json.WriteString("from", before.Track.Wire());
        json.WriteString("track", after.Track.Wire());
        json.WriteString("source", after.Source.Wire());
        if (after.DisclosureVersion is { } version)
        {
            json.WriteNumber("disclosureVersion", version);
            json.WriteString("disclosureText", snapshots.Current.Tracks.GetValueOrDefault(after.Track)?.Config.Disclosure?.Text);
        }

        json.WriteString("by", $"{actor.Kind}:{actor.Id}");
    }).GetRawText());
}
