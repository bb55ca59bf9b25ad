using System.Numerics;

namespace ReleaseTracks.Ledger;

/// <summary>
/// Checks proofs as RFC 9162 sections 2.1.3.2 and 2.1.4.2 do. Strict: a proof has exactly the hashes it needs, every
/// index is in bounds, and nothing is proven about an empty tree. Never throws on bad input.
/// </summary>
public static class MerkleProof
{
    /// <summary>Whether the leaf (0-based) is in the tree of that size and root.</summary>
    public static bool VerifyInclusion(
        long leafIndex, long treeSize, ReadOnlySpan<byte> leafHash, IReadOnlyList<byte[]> proof, ReadOnlySpan<byte> root)
    {
        if (leafIndex < 0 || leafIndex >= treeSize || !AreHashes(proof)) return false;
        if (leafHash.Length != MerkleHash.Size) return false;
        var (node, last) = (leafIndex, treeSize - 1);
        var hash = leafHash.ToArray();
        foreach (var sibling in proof)
        {
            if (last == 0) return false;
            hash = IsRightmostOrRight(node, last) ? MerkleHash.Node(sibling, hash) : MerkleHash.Node(hash, sibling);
            (node, last) = Up(node, last);
        }

        return last == 0 && root.SequenceEqual(hash);
    }

    /// <summary>Whether the new tree begins with all of the old one.</summary>
    public static bool VerifyConsistency(
        long oldSize, long newSize, ReadOnlySpan<byte> oldRoot, ReadOnlySpan<byte> newRoot, IReadOnlyList<byte[]> proof)
    {
        if (oldSize < 1 || oldSize > newSize || !AreHashes(proof)) return false;
        if (oldSize == newSize) return proof.Count == 0 && oldRoot.SequenceEqual(newRoot);
        if (proof.Count == 0 || oldRoot.Length != MerkleHash.Size) return false;

        // An old tree of 2^k leaves is a node of the new one: its root is where the two meet, and the proof leaves it out.
        var complete = BitOperations.IsPow2(oldSize);
        var shift = BitOperations.TrailingZeroCount(oldSize);
        var (node, last) = ((oldSize - 1) >> shift, (newSize - 1) >> shift);
        var oldHash = complete ? oldRoot.ToArray() : proof[0];
        var newHash = oldHash;
        for (var i = complete ? 0 : 1; i < proof.Count; i++)
        {
            if (last == 0) return false;
            if (IsRightmostOrRight(node, last))
            {
                oldHash = MerkleHash.Node(proof[i], oldHash);
                newHash = MerkleHash.Node(proof[i], newHash);
            }
            else
            {
                newHash = MerkleHash.Node(newHash, proof[i]);
            }

            (node, last) = Up(node, last);
        }

        return last == 0 && oldRoot.SequenceEqual(oldHash) && newRoot.SequenceEqual(newHash);
    }

    private static bool IsRightmostOrRight(long node, long last) => node % 2 == 1 || node == last;

    /// <summary>One level up; a last node without a sibling rises until it has one.</summary>
    private static (long Node, long Last) Up(long node, long last)
    {
        if (node == last)
        {
            while (node % 2 == 0 && node != 0) (node, last) = (node >> 1, last >> 1);
        }

        return (node >> 1, last >> 1);
    }

    private static bool AreHashes(IReadOnlyList<byte[]> proof)
    {
        foreach (var hash in proof)
            if (hash is not { Length: MerkleHash.Size }) return false;
        return true;
    }
}
