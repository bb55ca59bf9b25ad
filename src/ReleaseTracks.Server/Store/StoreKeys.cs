using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Every key there is. The part in braces decides the cluster slot: one for the control plane, 256 for users, so
/// that each script touches one slot only.
/// </summary>
public static class StoreKeys
{
    public const int Shards = 256;
    public const string RevisionChannel = "{rt}:revision";
    public const string EnrollmentChannel = "rt:enrollment";

    public static RedisKey Ledger { get; } = "{rt}:ledger";

    /// <summary>A ledger that is being restored; it takes the place of <see cref="Ledger"/> when it is complete.</summary>
    public static RedisKey LedgerImport { get; } = "{rt}:ledger-import";

    public static RedisKey Counters { get; } = "{rt}:counters";

    public static RedisKey Batches { get; } = "{rt}:batches";

    public static RedisKey Reported { get; } = "{rt}:reported";

    public static RedisKey Guard { get; } = "{rt}:guard";

    /// <summary>The number of the commit that <see cref="Guard"/> is of; apart from it, so that all its fields are state.</summary>
    public static RedisKey GuardCommit { get; } = "{rt}:guard-commit";

    public static RedisKey ControlLease { get; } = "{rt}:control-lease";

    /// <summary>How far each destination of alerts has heard.</summary>
    public static RedisKey Alerts { get; } = "{rt}:alerts";

    public static RedisKey ControlFence { get; } = "{rt}:control-fence";

    /// <summary>Signs the tickets of the change stream; made once by the first server.</summary>
    public static RedisKey TicketKey { get; } = "{rt}:ticket-key";

    /// <summary>Seal the session cookies; see <see cref="Sessions.SessionKeyStore"/>.</summary>
    public static RedisKey SessionKeys { get; } = "{rt}:data-protection";

    /// <summary>Unix milliseconds of the last use, by SDK key.</summary>
    public static RedisKey KeyUse { get; } = "{rt}:key-use";

    public static RedisKey Feedback { get; } = "{rt}:feedback";

    public static RedisKey OutcomeRedo { get; } = "{rt}:redo:outcomes";

    public static RedisKey TickRedo { get; } = "{rt}:redo:tick";

    /// <summary>A part of a commit that is too large for one record of the embedded store's log.</summary>
    public static RedisKey TickPart(int part) => Invariant($"{{rt}}:redo:tick:{part}");

    public static RedisKey Minute(long minute) => Invariant($"{{rt}}:sli:m:{minute}");

    public static RedisKey Hour(long hour) => Invariant($"{{rt}}:sli:h:{hour}");

    /// <summary>
    /// First byte of SHA-256 of the UTF-8 id. The tag comes before the id in every key, so braces in an id cannot
    /// move it to another slot.
    /// </summary>
    public static int Shard(string userId) => SHA256.HashData(Encoding.UTF8.GetBytes(userId))[0];

    public static RedisKey User(string userId) => $"{Tag(Shard(userId))}:user:{userId}";

    public static RedisKey Receipts(string userId) => $"{Tag(Shard(userId))}:receipts:{userId}";

    public static RedisKey Counts(int shard) => $"{Tag(shard)}:counts";

    public static RedisKey ShardRedo(int shard) => $"{Tag(shard)}:redo";

    private static string Tag(int shard) => Invariant($"rt:{{u{shard:000}}}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
