using System.Collections.Immutable;
using System.Globalization;

namespace ReleaseTracks.Ledger;

/// <summary>Something that must not be: at the entry <see cref="Seq"/>, or null where it is about a checkpoint.</summary>
public sealed record LedgerFault(long? Seq, string Why);

/// <summary>What an audit found. <see cref="Tree"/> is over the bytes as they were given, good or bad.</summary>
public sealed record LedgerAuditResult(MerkleTree Tree, ImmutableArray<LedgerFault> Faults, ImmutableArray<string> Warnings)
{
    public long Size => Tree.Size;

    public byte[] Root => Tree.Root();

    public bool IsClean => Faults.IsEmpty;

    /// <summary>The first bad entry if there is one, else what is wrong with a checkpoint, else null.</summary>
    public LedgerFault? FirstFault => Faults.FirstOrDefault();
}

/// <summary>Re-derives a ledger from its bytes and trusts nothing else but the verifier key.</summary>
public static class LedgerAudit
{
    /// <summary>
    /// Clocks of several servers differ, and a clock may be set right: going back is worth a warning, not a fault, and
    /// only by more than this.
    /// </summary>
    public static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Checks that every entry is canonical, numbered from 1 without gaps and unique in its id, and that every signed
    /// checkpoint is this key's and has the root the entries give. Stops judging entries at the first bad one.
    /// </summary>
    public static LedgerAuditResult Verify(
        IEnumerable<ReadOnlyMemory<byte>> entries, IEnumerable<string> signedCheckpoints, VerifierKey key, SignatureCheck check)
    {
        var reading = Read(entries);
        var faults = reading.Fault is { } bad ? ImmutableArray.Create(bad) : [];
        var checkpoints = signedCheckpoints.Select(note => CheckpointFault(note, reading.Tree, key, check)).OfType<LedgerFault>();
        return Result(reading, faults.AddRange(checkpoints));
    }

    /// <summary>The entries alone, where there is no checkpoint to hold them against.</summary>
    public static LedgerAuditResult Verify(IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        var reading = Read(entries);
        return Result(reading, reading.Fault is { } bad ? [bad] : []);
    }

    private static LedgerAuditResult Result(Reading reading, ImmutableArray<LedgerFault> faults) =>
        new(reading.Tree, faults, [.. reading.Warnings]);

    private static Reading Read(IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        var reading = new Reading();
        foreach (var bytes in entries)
        {
            var seq = reading.Tree.Append(MerkleHash.Leaf(bytes.Span));
            reading.Fault ??= reading.Judge(seq, bytes) is { } why ? new LedgerFault(seq, why) : null;
        }

        return reading;
    }

    private static LedgerFault? CheckpointFault(string note, MerkleTree tree, VerifierKey key, SignatureCheck check)
    {
        try
        {
            var checkpoint = SignedCheckpoint.Open(note, key, check).Checkpoint;
            var continuity = LedgerContinuity.Check(checkpoint, tree);
            return continuity is LedgerContinuity.Ok ? null : new LedgerFault(null, continuity.Message);
        }
        catch (LedgerFormatException refused)
        {
            return new LedgerFault(null, refused.Message);
        }
    }

    private sealed class Reading
    {
        private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
        private DateTimeOffset _latest = DateTimeOffset.MinValue;

        public MerkleTree Tree { get; } = new();

        public List<string> Warnings { get; } = [];

        public LedgerFault? Fault { get; set; }

        public string? Judge(long seq, ReadOnlyMemory<byte> bytes)
        {
            LedgerEntry entry;
            try
            {
                entry = LedgerEntryCodec.Read(bytes);
            }
            catch (LedgerFormatException refused)
            {
                return refused.Message;
            }

            if (entry.Seq != seq) return string.Create(CultureInfo.InvariantCulture, $"has number {entry.Seq}");
            if (!_ids.Add(entry.Id)) return $"its id {entry.Id} appeared before";
            WarnOfTime(entry);
            return null;
        }

        private void WarnOfTime(LedgerEntry entry)
        {
            if (_latest - entry.At > AllowedSkew)
                Warnings.Add(string.Create(
                    CultureInfo.InvariantCulture, $"entry {entry.Seq} is dated {entry.At:O}, after one dated {_latest:O}"));
            if (entry.At > _latest) _latest = entry.At;
        }
    }
}
