using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace ReleaseTracks.Ledger;

/// <summary>
/// A named Ed25519 public key as text (the "vkey" of C2SP signed-note): <c>name+key id in hex+base64(0x01 ‖ key)</c>,
/// the key id being the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key). Equal by value.
/// </summary>
public sealed record VerifierKey
{
    private const byte Ed25519 = 0x01;
    private const int KeySize = 32;
    private const string Where = "verifier key";

    /// <exception cref="LedgerFormatException">The name has a space or a plus, or the key is not 32 bytes.</exception>
    public VerifierKey(string name, byte[] publicKey)
    {
        CheckName(name, Where);
        if (publicKey.Length != KeySize) throw new LedgerFormatException(Where, "an Ed25519 public key has 32 bytes");
        Name = name;
        PublicKey = publicKey;
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(
            SHA256.HashData([.. StrictText.Utf8(name, Where), (byte)'\n', Ed25519, .. publicKey]));
    }

    public string Name { get; }

    public byte[] PublicKey { get; }

    public uint KeyId { get; }

    /// <exception cref="LedgerFormatException">Not a vkey of an Ed25519 key, or its key id is not the key's.</exception>
    public static VerifierKey Parse(string text)
    {
        // The base64 may hold plus signs too, so only the first two separate.
        var parts = text.Split('+', 3);
        if (parts.Length != 3) throw new LedgerFormatException(Where, "not name+id+key");
        var key = StrictText.Base64(parts[2], Where);
        if (key.Length != 1 + KeySize || key[0] != Ed25519) throw new LedgerFormatException(Where, "not an Ed25519 key");
        var parsed = new VerifierKey(parts[0], key[1..]);
        return parsed.ToString() == text ? parsed : throw new LedgerFormatException(Where, "the key id does not match the key");
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{KeyId:x8}+{Convert.ToBase64String([Ed25519, .. PublicKey])}");

    public bool Equals(VerifierKey? other) =>
        other is not null && Name == other.Name && PublicKey.AsSpan().SequenceEqual(other.PublicKey);

    public override int GetHashCode() => KeyId.GetHashCode();

    internal static void CheckName(string name, string where)
    {
        if (name.Length == 0 || name.Any(c => char.IsWhiteSpace(c) || c is '+' or < ' '))
            throw new LedgerFormatException(where, "a name that is empty or has a space, a plus or a control character");
    }
}
