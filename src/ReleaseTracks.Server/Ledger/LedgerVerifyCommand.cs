using System.Text;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Backup;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// <c>ledger verify</c>: reads the ledger without a server, derives every hash and the root again, folds every entry,
/// and checks the signed checkpoint on the local disk against it.
/// </summary>
public static class LedgerVerifyCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        if (StoreArguments.Parse(args)?.Store is not { } options)
        {
            await error.WriteLineAsync($"Usage: ledger verify {StoreArguments.Usage}");
            return 1;
        }

        try
        {
            return await VerifyAsync(options, output, error);
        }
        catch (Exception failed)
        {
            await error.WriteLineAsync($"The ledger could not be read: {failed.Message}");
            return 1;
        }
    }

    private static async Task<int> VerifyAsync(StoreOptions options, TextWriter output, TextWriter error)
    {
        await using var connection = await CommandStore.OpenExistingAsync(options);
        var entries = await new LedgerStore(connection).ReadAllAsync(1).ToListAsync();
        var key = KeyOf(options.DataPath, entries);
        var notes = CheckpointOf(options.DataPath) is { } note ? new[] { note } : [];
        var memory = entries.Select(entry => (ReadOnlyMemory<byte>)entry);
        var result = key is null ? LedgerAudit.Verify(memory) : LedgerAudit.Verify(memory, notes, key, Ed25519.Verify);
        foreach (var warning in result.Warnings)
            await output.WriteLineAsync($"warning: {warning}");
        var fault = result.FirstFault ?? LedgerCheck.Fold(entries, out _);
        if (fault is not null)
        {
            await error.WriteLineAsync(fault.Seq is { } seq ? $"entry {seq}: {fault.Why}" : fault.Why);
            return 1;
        }

        await output.WriteLineAsync($"ok: {result.Size} entries, root {Convert.ToBase64String(result.Root)}, {notes.Length} checkpoint signature(s) checked");
        return 0;
    }

    /// <summary>The local checkpoint was signed with this installation's key; its public part is in the first entries.</summary>
    private static VerifierKey? KeyOf(string dataPath, List<byte[]> entries)
    {
        if (File.Exists(LedgerSigner.PathIn(dataPath)))
        {
            using var signer = LedgerSigner.LoadOrCreate(dataPath);
            return signer.VerifierKey;
        }

        return entries.Count > 0 && LedgerEntryCodec.Read(entries[0]).Data.TryGetProperty("vkey", out var vkey)
            ? VerifierKey.Parse(vkey.GetString()!)
            : null;
    }

    private static string? CheckpointOf(string dataPath)
    {
        var path = Path.Combine(dataPath, "ledger.checkpoint");
        return File.Exists(path) ? File.ReadAllText(path, Encoding.UTF8) : null;
    }
}
