using NSec.Cryptography;
using ReleaseTracks.Ledger;
using Ed25519 = ReleaseTracks.Server.Ledger.Ed25519;

namespace ReleaseTracks.Server.Tests.Ledger;

/// <summary>Against the published keys and notes of Go's golang.org/x/mod/sumdb/note, and RFC 8032 section 7.1.</summary>
public class Ed25519Tests
{
    private const string Text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    private const string PeterKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    private const string PeterLine =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    private const string EnochKey = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop";
    private const string EnochLine =
        "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n";

    [Theory]
    [InlineData(PeterKey, true)]
    [InlineData(EnochKey, true)]
    [InlineData("sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8", false)]
    public void Note_OfGo_IsSignedByItsTwoKeysAndNoOther(string vkey, bool expected) =>
        Assert.Equal(expected, SignedNote.Parse(Text + "\n" + PeterLine + EnochLine).IsSignedBy(VerifierKey.Parse(vkey), Ed25519.Verify));

    [Fact]
    public void Note_WithAChangedText_IsNotSigned() =>
        Assert.False(SignedNote.Parse(Text.Replace("answer", "Answer", StringComparison.Ordinal) + "\n" + PeterLine)
            .IsSignedBy(VerifierKey.Parse(PeterKey), Ed25519.Verify));

    /// <summary>Ed25519 is deterministic: the published private key must give the published note, byte for byte.</summary>
    [Fact]
    public void Note_SignedWithThePublishedKeyOfGo_IsThePublishedNote()
    {
        var seed = Convert.FromBase64String("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1..];
        using var key = Key.Import(SignatureAlgorithm.Ed25519, seed, KeyBlobFormat.RawPrivateKey);
        var signature = SignatureAlgorithm.Ed25519.Sign(key, SignedNote.MessageOf(Text));

        Assert.Equal(
            Text + "\n" + PeterLine,
            new SignedNote(Text, [new NoteSignature("PeterNeumann", 0xc74f20a3, signature)]).Format());
    }

    [Fact]
    public void Verify_OfWrongLengths_IsFalseAndDoesNotThrow()
    {
        Assert.False(Ed25519.Verify(new byte[31], [1], new byte[64]));
        Assert.False(Ed25519.Verify(new byte[32], [1], new byte[64]));
        Assert.False(Ed25519.Verify(VerifierKey.Parse(PeterKey).PublicKey, [1], new byte[63]));
        Assert.False(Ed25519.Verify(VerifierKey.Parse(PeterKey).PublicKey, [1], []));
    }
}
