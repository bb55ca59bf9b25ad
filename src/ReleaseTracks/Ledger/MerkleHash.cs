using System.Security.Cryptography;

namespace ReleaseTracks.Ledger;

/// <summary>
/// The hashes of RFC 6962 section 2.1. Leaves and nodes have different prefixes, so that no node can be passed off as a
/// leaf (second preimage).
/// </summary>
public static class MerkleHash
{
    public const int Size = SHA256.HashSizeInBytes;

    /// <summary>Kept, because SHA256.HashData sets up a new context each time, which costs as much as such a small hash.</summary>
    [ThreadStatic]
    private static IncrementalHash? _ofThread;

    private static IncrementalHash OfThread => _ofThread ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>The root of the tree without leaves: SHA-256 of nothing.</summary>
    public static byte[] Empty() => SHA256.HashData([]);

    /// <summary>SHA-256(0x00 ‖ data).</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> data)
    {
        var hash = OfThread;
        hash.AppendData([0x00]);
        hash.AppendData(data);
        return hash.GetHashAndReset();
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var node = new byte[Size];
        Node(left, right, node);
        return node;
    }

    internal static void Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, Span<byte> node)
    {
        Span<byte> input = stackalloc byte[1 + (2 * Size)];
        input[0] = 0x01;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + Size)..]);
        var hash = OfThread;
        hash.AppendData(input);
        hash.GetHashAndReset(node);
    }
}
