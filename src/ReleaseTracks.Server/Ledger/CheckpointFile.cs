using System.Text;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// The last checkpoint this server signed, on its own disk (<c>ledger.checkpoint</c>), out of reach of whatever may
/// happen to the store: it only ever moves forward, and a file that cannot be trusted is neither used nor replaced.
/// </summary>
/// <remarks>
/// Losing the very last write in a power cut is harmless: the checkpoint before it is still a true beginning of the
/// ledger. Safe to use from several threads; one process per data path.
/// </remarks>
public sealed class CheckpointFile(string dataPath, VerifierKey key)
{
    private const int MaxBytes = 4096;
    private readonly Lock _lock = new();
    private SignedCheckpoint? _last;

    public string FullPath { get; } = Path.GetFullPath(Path.Combine(dataPath, "ledger.checkpoint"));

    /// <summary>Null if there is none yet.</summary>
    /// <exception cref="LedgerFormatException">The file is garbage, cut short, of another ledger or not validly signed.</exception>
    public SignedCheckpoint? Read()
    {
        lock (_lock) return _last ??= Load();
    }

    /// <summary>Replaces the checkpoint by a later one; the same one again changes nothing.</summary>
    /// <exception cref="LedgerFormatException">As for <see cref="Read"/>, of the file or of the note given.</exception>
    /// <exception cref="InvalidOperationException">The note is of fewer entries, or of as many with another root.</exception>
    public void Write(string note)
    {
        var next = SignedCheckpoint.Open(note, key, Ed25519.Verify);
        lock (_lock)
        {
            var last = _last ??= Load();
            if (next.Checkpoint == last?.Checkpoint) return;
            if (next.Checkpoint.Size <= last?.Checkpoint.Size)
                throw new InvalidOperationException(
                    $"The checkpoint in {FullPath} is at {last.Checkpoint.Size} and does not go back to another one at {next.Checkpoint.Size}.");
            AtomicFile.CreateDirectory(Path.GetDirectoryName(FullPath)!);
            AtomicFile.Replace(FullPath, Encoding.UTF8.GetBytes(note));
            _last = next;
        }
    }

    private SignedCheckpoint? Load()
    {
        if (!File.Exists(FullPath)) return null;
        if (new FileInfo(FullPath).Length > MaxBytes) throw new LedgerFormatException(FullPath, "too long for a checkpoint");
        try
        {
            var note = SignedNote.Parse(File.ReadAllBytes(FullPath)).Format();
            return SignedCheckpoint.Open(note, key, Ed25519.Verify);
        }
        catch (LedgerFormatException refused)
        {
            throw new LedgerFormatException(
                FullPath, $"{refused.Message}; if this ledger is really meant to start anew, move the file away");
        }
    }
}
