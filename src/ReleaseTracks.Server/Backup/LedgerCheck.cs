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
        if (LedgerAudit.Verify(entries.Select(entry => (ReadOnlyMemory<byte>)entry)).FirstFault is { } fault)
            throw new InvalidDataException($"Ledger entry {fault.Seq}: {fault.Why}");
        var (tree, state) = (new MerkleTree(), Snapshot.Empty);
        foreach (var bytes in entries)
        {
            tree.Append(MerkleHash.Leaf(bytes));
            try
            {
                state = SnapshotFold.Apply(state, LedgerEntryCodec.Read(bytes));
            }
            catch (LedgerFormatException broken)
            {
                throw new InvalidDataException($"Ledger entry {state.Revision + 1}: {broken.Message}");
            }
        }

        return (tree, state);
    }
}
