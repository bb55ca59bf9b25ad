using System.Text;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

/// <summary>The format; real signatures are checked in the server's tests, where Ed25519 is.</summary>
public class SignedNoteTests
{
    private const string VKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    private const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";

    private const string Line =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private static readonly SignatureCheck Accept = (_, _, _) => true;

    [Fact]
    public void Note_OfTheGoDocumentation_IsReadAndWrittenTheSame()
    {
        var note = SignedNote.Parse(Text + "\n" + Line);

        Assert.Equal(Text, note.Text);
        var signature = Assert.Single(note.Signatures);
        Assert.Equal(("PeterNeumann", 0xc74f20a3u, 64), (signature.Name, signature.KeyId, signature.Signature.Length));
        Assert.Equal(Text + "\n" + Line, note.Format());
    }

    [Fact]
    public void Note_WithEmptyLinesInItsText_IsSplitAtTheLast() =>
        Assert.Equal("a\n\nb\n", SignedNote.Parse("a\n\nb\n\n" + Line).Text);

    public static TheoryData<byte[]> Malformed =>
    [
        Utf8(""), Utf8("\n"), Utf8("\n\n"), Utf8("\n\n" + Line), Utf8(Text), Utf8(Text + "\n"), Utf8(Text + Line),
        Utf8(Text + "\n" + Line[..^1]),
        Utf8("\u0001" + Text + "\n" + Line),
        Utf8("\t" + Text + "\n" + Line),
        Utf8((Text + "\n" + Line).Replace("\n", "\r\n", StringComparison.Ordinal)),
        new byte[] { 0xff }.Concat(Utf8(Text + "\n" + Line)).ToArray(),
        Utf8(Text + "\n" + Line.Replace("PeterNeumann", "Bad Name", StringComparison.Ordinal)),
        Utf8(Text + "\n" + Line.Replace("PeterNeumann", "Bad+Name", StringComparison.Ordinal)),
        Utf8(Text + "\n" + Line.Replace("PeterNeumann", "", StringComparison.Ordinal)),
        Utf8(Text + "\n" + Line.Replace("JnAM=", "JnAN=", StringComparison.Ordinal)),
        Utf8(Text + "\n" + Line.Replace("JnAM=", "JnAM", StringComparison.Ordinal)),
        Utf8(Text + "\n— PeterNeumann x08gow==\n"),
        Utf8(Text + "\n" + Line + "Unexpected line.\n"),
        Utf8(Text + "\n" + string.Concat(Enumerable.Repeat(Line, 101))),
    ];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void Note_Malformed_IsRefused(byte[] note) => Assert.Throws<LedgerFormatException>(() => SignedNote.Parse(note));

    [Fact]
    public void Note_ByAnotherKey_IsNotSignedByThisOne()
    {
        var key = VerifierKey.Parse(VKey);
        var note = SignedNote.Parse(Text + "\n" + Line);

        Assert.True(note.IsSignedBy(key, Accept));
        Assert.False(note.IsSignedBy(new VerifierKey("EnochRoot", key.PublicKey), Accept));
        Assert.False(note.IsSignedBy(new VerifierKey("PeterNeumann", new byte[32]), Accept));
        Assert.False(note.IsSignedBy(key, (_, _, _) => false));
    }

    [Fact]
    public void Note_WithOneGoodAndOneBadLineOfTheKey_IsNotSigned()
    {
        var good = SignedNote.Parse(Text + "\n" + Line);
        var note = good with { Signatures = [good.Signatures[0], good.Signatures[0] with { Signature = [1] }] };

        Assert.False(note.IsSignedBy(VerifierKey.Parse(VKey), (_, _, signature) => signature.Length == 64));
    }

    [Fact]
    public void VerifierKey_OfTheGoDocumentation_IsReadAndWrittenTheSame() =>
        Assert.Equal(VKey, VerifierKey.Parse(VKey).ToString());

    /// <summary>The manglings of Go's own test: every proper substring, every changed byte.</summary>
    [Fact]
    public void VerifierKey_Mangled_IsRefused()
    {
        for (var from = 0; from < VKey.Length; from++)
            for (var to = from + 1; to <= VKey.Length; to++)
                if (to - from < VKey.Length) Refused(VKey[from..to]);
        for (var i = 0; i < VKey.Length; i++) Refused(VKey[..i] + (char)(VKey[i] + 1) + VKey[(i + 1)..]);
        Refused("PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==");
        Refused("PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
        Refused(VKey.Replace("c74f20a3", "C74F20A3", StringComparison.Ordinal));

        static void Refused(string text) => Assert.Throws<LedgerFormatException>(() => VerifierKey.Parse(text));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
