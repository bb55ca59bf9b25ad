using NSec.Cryptography;

namespace ReleaseTracks.Server.Ledger;

/// <summary>The signature check the core asks for, by libsodium (RFC 8032, strict: no small-order keys, canonical S).</summary>
public static class Ed25519
{
    public static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, message, signature);
}
