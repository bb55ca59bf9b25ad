using System.Text.Json;
using ReleaseTracks.Access;

namespace ReleaseTracks.Ledger;

/// <summary>
/// One change. Entry <see cref="Seq"/> (from 1, without gaps) makes revision Seq and is leaf Seq − 1 of the Merkle tree.
/// <see cref="Id"/> is unique, so that an append whose answer was lost can be looked for before it is tried again.
/// </summary>
/// <remarks>
/// Compare entries by <see cref="LedgerEntryCodec.Write"/>: <see cref="JsonElement"/> has no value equality, so the
/// record's own equality tells two equal <see cref="Data"/> apart.
/// </remarks>
public sealed record LedgerEntry(long Seq, string Id, DateTimeOffset At, Actor Actor, string Type, JsonElement Data)
{
    /// <summary>Sequence numbers are JSON numbers, and those are exact up to here.</summary>
    public const long MaxSeq = (1L << 53) - 1;
}
