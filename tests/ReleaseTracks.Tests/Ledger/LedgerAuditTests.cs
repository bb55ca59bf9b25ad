using System.Text;
using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

public class LedgerAuditTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly VerifierKey Key = new("releasetracks/00000000", new byte[32]);

    /// <summary>Stands in for Ed25519: the signature is the message.</summary>
    private static readonly SignatureCheck Check = (_, message, signature) => message.SequenceEqual(signature);

    [Fact]
    public void Audit_OfAGoodLedger_IsCleanAndGivesTheRoot()
    {
        var entries = Entries(20);

        var result = LedgerAudit.Verify(entries, [Note(entries, 0), Note(entries, 7), Note(entries, 20)], Key, Check);

        Assert.True(result.IsClean, result.FirstFault?.Why);
        Assert.Equal(20, result.Size);
        Assert.Equal(TreeOf(entries).Root(), result.Root);
        Assert.Empty(result.Warnings);
    }

    [Fact]
    public void Audit_OfNothing_IsClean()
    {
        var result = LedgerAudit.Verify([]);

        Assert.True(result.IsClean);
        Assert.Equal((0, Convert.ToHexString(MerkleHash.Empty())), (result.Size, Convert.ToHexString(result.Root)));
    }

    [Fact]
    public void Audit_OfOneChangedByteAnywhere_IsNotClean()
    {
        var entries = Entries(3);
        var note = Note(entries, 3);
        for (var i = 0; i < entries[1].Length; i++)
        {
            var changed = entries.ToArray();
            var bytes = changed[1].ToArray();
            bytes[i] ^= 1;
            changed[1] = bytes;

            Assert.False(LedgerAudit.Verify(changed, [note], Key, Check).IsClean);
        }
    }

    [Fact]
    public void Audit_OfAChangedEntryThatIsStillWellFormed_IsCaughtByTheCheckpoint()
    {
        var entries = Entries(5);
        var note = Note(entries, 5);
        entries[2] = Entry(3, data: "{\"forged\":true}");

        var fault = LedgerAudit.Verify(entries, [Note(entries, 2), note], Key, Check).FirstFault;

        Assert.Equal(new LedgerFault(null, "ledger was rewritten: entries 1–5 are not those of the checkpoint at 5"), fault);
    }

    [Fact]
    public void Audit_OfATruncatedLedger_SaysWhatIsLost()
    {
        var entries = Entries(9);

        var result = LedgerAudit.Verify(entries[..6], [Note(entries, 9)], Key, Check);

        Assert.Equal(new LedgerFault(null, "ledger lost entries 7–9"), result.FirstFault);
    }

    [Fact]
    public void Audit_OfBadEntries_NamesTheFirst()
    {
        Assert.Equal(new LedgerFault(3, "has number 4"), FirstFault(Entries(5).Where((_, i) => i != 2)));
        Assert.Equal(new LedgerFault(2, "its id e-1 appeared before"), FirstFault([Entry(1), Entry(2, id: "e-1"), Entry(9)]));
        Assert.Equal(
            new LedgerFault(2, "$: not in canonical form (RFC 8785)"),
            FirstFault([Entry(1), new ReadOnlyMemory<byte>([.. Entry(2).Span, (byte)' ']), Entry(3)]));
        Assert.Equal(1, FirstFault([ReadOnlyMemory<byte>.Empty])?.Seq);
    }

    [Fact]
    public void Audit_OfACheckpointByAnotherKeyOrBadlySigned_IsNotClean()
    {
        var entries = Entries(2);
        var note = Note(entries, 2);
        var other = new VerifierKey("releasetracks/11111111", new byte[32]);

        Assert.Contains("not by releasetracks/11111111", Fault(note, other), StringComparison.Ordinal);
        Assert.Contains("not valid", Fault(note.Replace("\n2\n", "\n1\n", StringComparison.Ordinal), Key), StringComparison.Ordinal);
        Assert.Contains("signed note", Fault("garbage", Key), StringComparison.Ordinal);

        string Fault(string given, VerifierKey key) => LedgerAudit.Verify(entries, [given], key, Check).FirstFault!.Why;
    }

    [Fact]
    public void Audit_OfAClockThatWentBack_WarnsBeyondTheSkewOnly()
    {
        var result = LedgerAudit.Verify(
        [
            Entry(1, at: Start), Entry(2, at: Start - LedgerAudit.AllowedSkew), Entry(3, at: Start - TimeSpan.FromHours(1)),
        ]);

        Assert.True(result.IsClean);
        Assert.StartsWith("entry 3 ", Assert.Single(result.Warnings), StringComparison.Ordinal);
    }

    private static LedgerFault? FirstFault(IEnumerable<ReadOnlyMemory<byte>> entries) => LedgerAudit.Verify(entries).FirstFault;

    private static ReadOnlyMemory<byte>[] Entries(int count) => [.. Enumerable.Range(1, count).Select(seq => Entry(seq))];

    private static ReadOnlyMemory<byte> Entry(long seq, string? id = null, string data = "{}", DateTimeOffset? at = null) =>
        LedgerEntryCodec.Write(new LedgerEntry(
            seq,
            id ?? $"e-{seq}",
            at ?? Start.AddSeconds(seq),
            new Actor(ActorKinds.System, "control", "internal"),
            "plan.applied",
            JsonElement.Parse(data)));

    private static MerkleTree TreeOf(IEnumerable<ReadOnlyMemory<byte>> entries)
    {
        var tree = new MerkleTree();
        foreach (var entry in entries) tree.Append(MerkleHash.Leaf(entry.Span));
        return tree;
    }

    private static string Note(IEnumerable<ReadOnlyMemory<byte>> entries, long size)
    {
        var text = Checkpoint.Of(TreeOf(entries), Key.Name, size).ToText();
        return new SignedNote(text, [new NoteSignature(Key.Name, Key.KeyId, Encoding.UTF8.GetBytes(text))]).Format();
    }
}
