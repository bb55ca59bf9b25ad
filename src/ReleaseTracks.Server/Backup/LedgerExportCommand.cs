using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Backup;

/// <summary>
/// <c>ledger export</c>: a verified backup of a store. On Redis the servers may go on; then the budgets in it may be off
/// by what was counted while it was made. For an exact move, stop them first; the embedded store needs that anyway.
/// </summary>
public static class LedgerExportCommand
{
    private const string To = "--to";

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (StoreArguments.Parse(args, To) is not { } given || given[To] is not { } folder)
        {
            await error.WriteLineAsync($"Usage: ledger export {StoreArguments.Usage} --to DIRECTORY");
            return 1;
        }

        try
        {
            await ExportAsync(given.Store, new(folder), output);
            return 0;
        }
        catch (Exception failed)
        {
            await error.WriteLineAsync($"Nothing was exported: {failed.Message}");
            return 1;
        }
    }

    private static async Task ExportAsync(StoreOptions options, BackupFolder folder, TextWriter output)
    {
        await using var connection = await CommandStore.OpenExistingAsync(options);
        folder.Create();
        if (!connection.IsEmbedded && await connection.Database.KeyExistsAsync(StoreKeys.ControlLease))
            await output.WriteLineAsync("warning: a server runs on this store; budgets in the backup may be off by one interval. Stop the servers first for an exact move.");
        // Before the ledger: what is in the store then refers to nothing that the ledger does not have.
        var keys = await WriteStoreAsync(new(connection), folder);
        var entries = await new LedgerStore(connection).ReadAllAsync(1).ToListAsync();
        var (tree, state) = LedgerCheck.Read(entries);
        await using (var file = new FileStream(folder.Ledger, FileMode.CreateNew))
        {
            foreach (var entry in entries)
            {
                await file.WriteAsync(entry);
                file.WriteByte((byte)'\n');
            }
        }

        await SignAsync(options.DataPath, tree, state, folder, output);
        await folder.SealAsync(connection.Now, entries.Count, keys);
        await output.WriteLineAsync($"ok: {entries.Count} entries and {keys} keys to {folder.FullPath}, root {Convert.ToBase64String(tree.Root())}");
    }

    private static async Task<long> WriteStoreAsync(StoreDump dump, BackupFolder folder)
    {
        var keys = 0L;
        await using var file = new StreamWriter(folder.Store, append: false) { NewLine = "\n" };
        await foreach (var line in dump.ReadAsync())
        {
            await file.WriteLineAsync(line.GetRawText());
            keys++;
        }

        return keys;
    }

    /// <summary>With the key of the server whose data path this is, if the ledger knows it.</summary>
    private static async Task SignAsync(string dataPath, MerkleTree tree, Snapshot state, BackupFolder folder, TextWriter output)
    {
        if (File.Exists(LedgerSigner.PathIn(dataPath)))
        {
            using var signer = LedgerSigner.LoadOrCreate(dataPath);
            if (state.LedgerKeys.Contains(signer.VerifierKey.ToString(), StringComparer.Ordinal))
            {
                await File.WriteAllTextAsync(folder.Checkpoint, signer.Sign(Checkpoint.Of(tree, signer.Origin, tree.Size)));
                return;
            }
        }

        await output.WriteLineAsync(
            $"warning: the backup is not signed, because {LedgerSigner.PathIn(dataPath)} is not a key of this ledger; give --data-path of one of its servers.");
    }
}
