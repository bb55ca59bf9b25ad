using System.IO.Hashing;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Which commit of the guard the store holds, as far as this server knows, and a hash of each of its fields. The next commit
/// writes only the fields that differ. It is refused if the store holds another one by then: after a failover that lost
/// writes, fields that nobody writes again would stay as they were before.
/// </summary>
public sealed class GuardCommit
{
    /// <summary>Zero before the first commit.</summary>
    internal long Number { get; private set; }

    internal IReadOnlyDictionary<string, UInt128> Fields { get; private set; } = new Dictionary<string, UInt128>();

    internal static GuardCommit Of(long number, IEnumerable<KeyValuePair<string, byte[]>> stored)
    {
        var commit = new GuardCommit();
        commit.Advance(number, Hashes(stored));
        return commit;
    }

    internal static Dictionary<string, UInt128> Hashes(IEnumerable<KeyValuePair<string, byte[]>> stored) =>
        stored.ToDictionary(field => field.Key, field => XxHash128.HashToUInt128(field.Value), StringComparer.Ordinal);

    internal void Advance(long number, IReadOnlyDictionary<string, UInt128> fields) => (Number, Fields) = (number, fields);
}
