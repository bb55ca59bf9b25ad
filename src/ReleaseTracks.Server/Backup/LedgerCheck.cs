using ReleaseTracks.Ledger;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Backup;

/// <summary>Derives everything again from the bytes of a ledger, before they are believed.</summary>
internal static class LedgerCheck
{
    /// <exception cref="InvalidDataException">Empty, or broken at the entry that the message names.</exception>
    public static (MerkleTree Tree, Snapshot State) Read(IReadOnlyList<byte[]> entries)
    {
        if (entries.Count == 0)
            throw new InvalidDataException("The ledger is empty.");
        var audit = LedgerAudit.Verify(entries.Select(entry => (ReadOnlyMemory<byte>)entry));
        var unfolded = Fold(entries, out var state);
        return (audit.FirstFault ?? unfolded) is { } fault
            ? throw new InvalidDataException($"Ledger entry {fault.Seq}: {fault.Why}")
            : (audit.Tree, state);
    }

    /// <returns>The first entry that cannot be; then the state is the one before it.</returns>
    public static LedgerFault? Fold(IReadOnlyList<byte[]> entries, out Snapshot state)
    {
        state = Snapshot.Empty;
        foreach (var bytes in entries)
        {
            try
            {
                state = SnapshotFold.Apply(state, LedgerEntryCodec.Read(bytes));
            }
            catch (LedgerFormatException broken)
            {
                return new(state.Revision + 1, broken.Message);
            }
        }

        return null;
    }
}
