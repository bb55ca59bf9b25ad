using System.Buffers.Binary;
using System.Collections.Immutable;

namespace ReleaseTracks.Ledger;

/// <summary>Checks one Ed25519 signature (RFC 8032). The core has no Ed25519; the caller brings it.</summary>
public delegate bool SignatureCheck(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

/// <summary>One signature line of a note. The key id finds the key, it does not authenticate it.</summary>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Signature);

/// <summary>
/// A text and its signatures in the C2SP signed-note format: text, blank line, and per signature
/// <c>— name base64(key id ‖ signature)</c>. A parsed note is not a verified one: see <see cref="IsSignedBy"/>.
/// </summary>
public sealed record SignedNote(string Text, ImmutableArray<NoteSignature> Signatures)
{
    private const int MaxSignatures = 100;
    private const string Dash = "— ";
    private const string Where = "signed note";

    /// <summary>The bytes a signature is over: the text with its last newline, without the blank line.</summary>
    public static byte[] MessageOf(string text) => StrictText.Utf8(text, Where);

    /// <exception cref="LedgerFormatException">Not a well-formed note.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> utf8) => Parse(StrictText.Utf8(utf8, Where));

    /// <exception cref="LedgerFormatException">Not a well-formed note.</exception>
    public static SignedNote Parse(string note)
    {
        if (note.AsSpan().IndexOfAnyInRange('\0', '\t') >= 0 || note.AsSpan().IndexOfAnyInRange('\v', '\x1f') >= 0)
            throw new LedgerFormatException(Where, "a control character");
        var blank = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (blank < 1 || note[^1] != '\n' || blank + 2 == note.Length)
            throw new LedgerFormatException(Where, "not a text, a blank line and signature lines, each ended by a newline");
        var lines = note[(blank + 2)..^1].Split('\n', MaxSignatures + 1);
        if (lines.Length > MaxSignatures) throw new LedgerFormatException(Where, $"more than {MaxSignatures} signatures");
        return new SignedNote(note[..(blank + 1)], [.. lines.Select(ParseSignature)]);
    }

    public string Format() =>
        Text + "\n" + string.Concat(Signatures.Select(line => $"{Dash}{line.Name} {Convert.ToBase64String(Blob(line))}\n"));

    /// <summary>
    /// Whether this key signed the text. Lines of other keys are ignored, as the format requires; a line that claims to
    /// be of this key and does not verify spoils the whole note.
    /// </summary>
    public bool IsSignedBy(VerifierKey key, SignatureCheck check)
    {
        var claimed = Signatures.Where(line => line.Name == key.Name && line.KeyId == key.KeyId).ToArray();
        if (claimed.Length == 0) return false;
        var message = MessageOf(Text);
        return claimed.All(line => check(key.PublicKey, message, line.Signature));
    }

    private static NoteSignature ParseSignature(string line)
    {
        if (!line.StartsWith(Dash, StringComparison.Ordinal)) throw new LedgerFormatException(Where, "a line that is not a signature");
        var parts = line[Dash.Length..].Split(' ');
        if (parts.Length != 2) throw new LedgerFormatException(Where, "a signature line without exactly a name and a signature");
        VerifierKey.CheckName(parts[0], Where);
        var blob = StrictText.Base64(parts[1], Where);
        if (blob.Length < 5) throw new LedgerFormatException(Where, "a signature that is too short");
        return new NoteSignature(parts[0], BinaryPrimitives.ReadUInt32BigEndian(blob), blob[4..]);
    }

    private static byte[] Blob(NoteSignature line)
    {
        var blob = new byte[4 + line.Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(blob, line.KeyId);
        line.Signature.CopyTo(blob, 4);
        return blob;
    }
}
