using System.Text;
using System.Text.Json;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Backup;

/// <summary>
/// <c>ledger import</c>: a backup into a store that has no ledger. Everything is verified before anything is written, and
/// the ledger comes last and at once, so an import that was cut short leaves a store without a ledger: import again.
/// </summary>
public static class LedgerImportCommand
{
    private const string From = "--from";
    private const string Unsigned = "--unsigned";
    private const int Pipelined = 1000;

    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var given = StoreArguments.Parse(args, From, Unsigned);
        if (given?[From] is not { } folder || given[Unsigned] is not (null or "accept"))
        {
            await error.WriteLineAsync($"Usage: ledger import {StoreArguments.Usage} --from DIRECTORY [--unsigned accept]");
            return 1;
        }

        try
        {
            await ImportAsync(given.Store, new(folder), given[Unsigned] is not null, output);
            return 0;
        }
        catch (Exception failed)
        {
            await error.WriteLineAsync($"The ledger was not imported: {failed.Message}");
            return 1;
        }
    }

    private static async Task ImportAsync(StoreOptions options, BackupFolder folder, bool unsigned, TextWriter output)
    {
        await folder.CheckAsync();
        var entries = await ReadLedgerAsync(folder);
        var (tree, state) = LedgerCheck.Read(entries);
        var signer = CheckSignature(folder, tree, state, unsigned);
        CheckLocal(options.DataPath, tree);
        await using var connection = await CommandStore.OpenAsync(options);
        var ledger = new LedgerStore(connection);
        if (await ledger.CountAsync() is > 0 and var count)
            throw new InvalidDataException($"The store has a ledger of {count} entries; import into an empty store.");
        if (await connection.Database.KeyExistsAsync(StoreKeys.ControlLease))
            throw new InvalidDataException("A server runs on this store; stop it first.");
        var keys = await RestoreKeysAsync(new(connection), folder);
        if (!await ledger.RestoreAsync(entries))
            throw new InvalidDataException("Somebody else began a ledger in this store meanwhile; stop that server and empty the store.");
        await output.WriteLineAsync(
            $"ok: {entries.Count} entries and {keys} keys, root {Convert.ToBase64String(tree.Root())}, {(signer is null ? "not signed" : $"signed by {signer}")}");
    }

    private static async Task<int> RestoreKeysAsync(StoreDump dump, BackupFolder folder)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var line in File.ReadLinesAsync(folder.Store))
            known.Add(JsonElement.Parse(line).GetProperty("key").GetString()!);
        // An import that was cut short left keys of this backup, and may be repeated; anybody else's would be mixed in.
        if ((await dump.KeysAsync()).Select(key => key.ToString()).FirstOrDefault(key => !known.Contains(key)) is { } foreign)
            throw new InvalidDataException($"The store has no ledger but other data, such as {foreign}; import into an empty store.");
        await foreach (var page in File.ReadLinesAsync(folder.Store).Chunk(Pipelined))
            await Task.WhenAll(page.Select(line => dump.WriteAsync(JsonElement.Parse(line))));
        return known.Count;
    }

    private static async Task<IReadOnlyList<byte[]>> ReadLedgerAsync(BackupFolder folder)
    {
        var entries = new List<byte[]>();
        // Entries are JSON in one line of UTF-8, which the audit holds against their hashes.
        await foreach (var line in File.ReadLinesAsync(folder.Ledger))
            entries.Add(Encoding.UTF8.GetBytes(line));
        return entries;
    }

    /// <returns>Whose signature it is; null if there is none and that was accepted.</returns>
    private static string? CheckSignature(BackupFolder folder, MerkleTree tree, Snapshot state, bool unsigned)
    {
        if (!File.Exists(folder.Checkpoint))
        {
            return unsigned ? null : throw new InvalidDataException(
                "The backup is not signed, so nothing says that it is what was exported; give --unsigned accept if you know it is.");
        }

        var note = File.ReadAllText(folder.Checkpoint);
        foreach (var key in state.LedgerKeys.Select(VerifierKey.Parse))
        {
            if (!SignedNote.Parse(note).IsSignedBy(key, Ed25519.Verify))
                continue;
            var continuity = LedgerContinuity.Check(SignedCheckpoint.Open(note, key, Ed25519.Verify).Checkpoint, tree);
            return continuity is LedgerContinuity.Ok ? key.Name : throw new InvalidDataException($"Against its checkpoint, the {continuity.Message}.");
        }

        throw new InvalidDataException("The checkpoint is signed by no key of this ledger.");
    }

    /// <summary>A server that once signed for more would refuse to write to this ledger: say so now, not at its start.</summary>
    private static void CheckLocal(string dataPath, MerkleTree tree)
    {
        if (!File.Exists(LedgerSigner.PathIn(dataPath)))
            return;
        using var signer = LedgerSigner.LoadOrCreate(dataPath);
        var file = new CheckpointFile(dataPath, signer.VerifierKey);
        if (LedgerContinuity.Check(file.Read()?.Checkpoint, tree) is not LedgerContinuity.Ok and var broken)
            throw new InvalidDataException($"Against {file.FullPath}, the {broken.Message}. Find out what is missing; to give it up, move that file away.");
    }
}
