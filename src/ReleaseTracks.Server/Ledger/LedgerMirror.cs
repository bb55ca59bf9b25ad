using System.Security.Cryptography;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Ledger;

/// <summary>
/// This server's view of the ledger: the Merkle tree over every entry it has read, the snapshot folded from them, and
/// the last checkpoint it signed, kept on local disk. A ledger that is shorter than that, or tells another story, is
/// refused for writing, while evaluation goes on from the last snapshot. Callers hold the ledger's gate.
/// </summary>
public sealed partial class LedgerMirror(
    LedgerStore store,
    SnapshotHolder snapshots,
    LedgerSigner signer,
    CheckpointFile checkpoints,
    ILogger<LedgerMirror> logger)
{
    private const int Page = 1000;
    private const int MostPage = 4_000;
    private const long PageBytes = 4 * 1024 * 1024;
    private readonly byte[] lastLeaf = new byte[SHA256.HashSizeInBytes];
    private volatile string? refused;
    private volatile string? unkept;

    public MerkleTree Tree { get; } = new();

    /// <summary>Id of the last entry this server knows; empty before the first.</summary>
    public string LastId { get; private set; } = "";

    /// <summary>Why nothing may be written; null when all is well.</summary>
    public string? Refusal => refused;

    /// <summary>Why this server's last checkpoint is not on its disk; null when it is.</summary>
    public string? Unkept => unkept;

    /// <summary>The newest checkpoint as a signed note; null before the first entry.</summary>
    public string? SignedCheckpoint { get; private set; }

    public void ThrowIfRefused()
    {
        if (refused is { } reason)
            throw new LedgerUnavailableException(reason);
    }

    /// <summary>Reads the ledger from the beginning and compares it with the last checkpoint on local disk.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        await ReadOnAsync(cancel);
        if (Continuity() is not LedgerContinuity.Ok and var broken)
            Refuse(broken.Message);
        else
            Sign();
    }

    /// <summary>Reads on, also while refused: what was lost may come back, and ends the refusal when it does.</summary>
    public async Task CatchUpAsync(CancellationToken cancel)
    {
        var known = snapshots.Current.Revision;
        if (known > 0 && await LostAsync(known))
            return;
        await ReadOnAsync(cancel);
        if (refused is not null && Continuity() is not LedgerContinuity.Ok and var broken)
        {
            Refuse(broken.Message);
            return;
        }

        var recovered = refused is not null;
        refused = null;
        if (recovered || snapshots.Current.Revision > known)
            Sign();
    }

    /// <summary>Takes over an entry that was stored.</summary>
    public void Adopt(Snapshot next, LedgerEntry entry, byte[] bytes)
    {
        Add(next, new([entry], [MerkleHash.Leaf(bytes)]));
        Sign();
    }

    private LedgerContinuity Continuity() => LedgerContinuity.Check(checkpoints.Read()?.Checkpoint, Tree);

    /// <summary>The last entry this server knows must still be there, with the same bytes.</summary>
    private async Task<bool> LostAsync(long known)
    {
        var last = await store.ReadAsync(known, 1);
        if (last.Count == 1 && MerkleHash.Leaf(last[0]).AsSpan().SequenceEqual(lastLeaf))
            return false;
        if (last.Count == 1)
        {
            Refuse($"ledger entry {known} was rewritten; restore the store from a backup that has it");
            return true;
        }

        var count = await store.CountAsync();
        Refuse($"ledger lost entries {count + 1}–{known}; restore them, or start from a backup");
        return true;
    }

    private async Task ReadOnAsync(CancellationToken cancel)
    {
        var pages = FetchAsync(snapshots.Current.Revision + 1, Page);
        while (await pages is { Entries.Length: > 0 } page && !cancel.IsCancellationRequested)
        {
            var state = snapshots.Current;
            var next = state.Revision + page.Entries.Length + 1;
            // Reading, parsing and hashing takes as long as folding, and the one can be done while the other is.
            pages = page.IsLast ? Task.FromResult(LedgerPage.Empty) : Task.Run(() => FetchAsync(next, page.Following), cancel);
            foreach (var entry in page.Entries)
                state = SnapshotFold.Apply(state, entry);
            Add(state, page);
        }
    }

    private async Task<LedgerPage> FetchAsync(long from, int most)
    {
        var entries = await store.ReadAsync(from, most);
        return new([.. entries.Select(bytes => LedgerEntryCodec.Read(bytes))], [.. entries.Select(bytes => MerkleHash.Leaf(bytes))])
        {
            IsLast = entries.Count < most,
            // Few large ones rather than many small ones: a store that keeps a list as links walks to the place from its head.
            Following = (int)Math.Clamp(PageBytes * entries.Count / Math.Max(1, entries.Sum(bytes => (long)bytes.Length)), Page, MostPage),
        };
    }

    private void Add(Snapshot next, LedgerPage page)
    {
        foreach (var leaf in page.Leaves)
            Tree.Append(leaf);
        page.Leaves[^1].CopyTo(lastLeaf, 0);
        LastId = page.Entries[^1].Id;
        snapshots.Publish(next);
    }

    private void Sign()
    {
        if (Tree.Size == 0)
            return;
        var note = signer.Sign(Checkpoint.Of(Tree, signer.Origin, Tree.Size));
        SignedCheckpoint = note;
        Keep(note);
    }

    /// <summary>
    /// The entry is stored by now, and a rollback must not wait for this server's own disk: an older checkpoint on it is
    /// still a true beginning of the ledger.
    /// </summary>
    private void Keep(string note)
    {
        try
        {
            checkpoints.Write(note);
            unkept = null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            if (unkept is null)
                Log.Unkept(logger, failed);
            unkept = $"The last checkpoint cannot be kept in {checkpoints.FullPath} ({failed.Message}); make room, or entries lost since would not be noticed after a restart.";
        }
    }

    private void Refuse(string reason)
    {
        if (refused != reason)
            Log.Refused(logger, reason);
        refused = reason;
    }

    /// <summary>Some entries, with the hashes of their bytes.</summary>
    private sealed record LedgerPage(LedgerEntry[] Entries, byte[][] Leaves)
    {
        public static LedgerPage Empty { get; } = new([], []);

        public bool IsLast { get; init; }

        /// <summary>How many the next page should have at most.</summary>
        public int Following { get; init; }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Critical, Message = "Nothing more is written: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "The last checkpoint cannot be kept on the local disk")]
        public static partial void Unkept(ILogger logger, Exception cause);
    }
}
