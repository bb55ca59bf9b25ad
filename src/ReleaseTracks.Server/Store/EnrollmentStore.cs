using System.Collections.Frozen;
using System.Globalization;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Who is on which track, with the receipts of how they got there and the number of users per track. The three
/// change together or not at all.
/// </summary>
public sealed class EnrollmentStore(StoreConnection connection, StoreSignals signals)
{
    /// <summary>Receipts kept per user; the oldest go first.</summary>
    public const int KeptReceipts = 1000;

    private static readonly RedisValue[] Fields = ["t", "s", "a", "o", "d", "v"];
    private static readonly RedisValue[] TrackFields = [.. TrackKeys.All.Select(track => (RedisValue)track.Wire())];

    /// <summary>
    /// Puts the user on <paramref name="next"/> (its version is ignored) with a receipt, and tells the other servers.
    /// A receipt must differ from the one before it. An expected version of null takes whatever is there, 0 means that
    /// there is no record.
    /// </summary>
    public async Task<EnrollmentChange> ChangeAsync(
        string userId, long? expectedVersion, EnrollmentRecord next, byte[] receipt)
    {
        RedisValue[] values =
        [
            connection.RedoFlag,
            expectedVersion is { } version ? version : "",
            next.Track.Wire(),
            next.Source,
            next.DisclosureVersion is { } disclosure ? disclosure : "",
            next.Organisation ?? "",
            next.Since.UtcTicks,
            receipt,
            KeptReceipts,
        ];
        var answer = (long[])(await connection.Database.ScriptEvaluateAsync(
            EnrollmentScripts.Change, Keys(userId), values).ConfigureAwait(false))!;
        var change = new EnrollmentChange((EnrollmentOutcome)answer[0], answer[1]);
        if (change.Outcome == EnrollmentOutcome.Changed)
            await signals.PublishEnrollmentAsync(userId, next.Track).ConfigureAwait(false);
        return change;
    }

    public async Task<EnrollmentRecord?> GetAsync(string userId) =>
        Parse(await connection.Database.HashGetAsync(StoreKeys.User(userId), Fields).ConfigureAwait(false));

    /// <summary>In the order asked for, null where there is no record, in one round trip.</summary>
    public async Task<IReadOnlyList<EnrollmentRecord?>> GetManyAsync(IReadOnlyList<string> userIds)
    {
        var database = connection.Database;
        var rows = await Task.WhenAll(
            userIds.Select(id => database.HashGetAsync(StoreKeys.User(id), Fields))).ConfigureAwait(false);
        return Array.ConvertAll(rows, Parse);
    }

    /// <summary>Oldest first.</summary>
    public async Task<IReadOnlyList<byte[]>> ReceiptsAsync(string userId) => Array.ConvertAll(
        await connection.Database.ListRangeAsync(StoreKeys.Receipts(userId)).ConfigureAwait(false),
        value => (byte[])value!);

    /// <summary>Forgets the user; false if nothing was known. The others hear of it with a null track.</summary>
    public async Task<bool> EraseAsync(string userId)
    {
        var found = (long)await connection.Database.ScriptEvaluateAsync(
            EnrollmentScripts.Erase, Keys(userId), [connection.RedoFlag]).ConfigureAwait(false);
        if (found > 0)
            await signals.PublishEnrollmentAsync(userId, null).ConfigureAwait(false);
        return found > 0;
    }

    /// <summary>Users with a record, per track: the sum over the shards, in one round trip.</summary>
    public async Task<FrozenDictionary<TrackKey, long>> CountsAsync()
    {
        var database = connection.Database;
        var shards = await Task.WhenAll(Enumerable.Range(0, StoreKeys.Shards)
            .Select(shard => database.HashGetAsync(StoreKeys.Counts(shard), TrackFields))).ConfigureAwait(false);
        return TrackKeys.All.ToFrozenDictionary(
            track => track, track => shards.Sum(counts => (long)counts[(int)track]));
    }

    private static RedisKey[] Keys(string userId)
    {
        var shard = StoreKeys.Shard(userId);
        return [StoreKeys.ShardRedo(shard), StoreKeys.User(userId), StoreKeys.Receipts(userId), StoreKeys.Counts(shard)];
    }

    private static EnrollmentRecord? Parse(RedisValue[] row)
    {
        if (row[0].IsNull)
            return null;
        if (!TrackKeys.TryParse(row[0], out var track))
            throw new InvalidDataException("An enrollment names a track this version does not know.");
        return new EnrollmentRecord(
            track,
            row[1].ToString(),
            new DateTimeOffset((long)row[2], TimeSpan.Zero),
            row[3].IsNullOrEmpty ? null : row[3].ToString(),
            row[4].IsNullOrEmpty ? null : int.Parse(row[4].ToString(), CultureInfo.InvariantCulture),
            (long)row[5]);
    }
}
