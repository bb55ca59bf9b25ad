using System.Numerics;

namespace ReleaseTracks.Ledger;

/// <summary>
/// The append-only Merkle tree of RFC 6962 section 2.1 over leaf hashes, with roots and proofs for every size it ever had.
/// </summary>
/// <remarks>
/// Keeps the hash of every complete subtree (64 bytes per leaf), so that an append costs one node hash on average and a
/// root or proof O(log n). One lock guards everything: complete subtrees never change, but the lists that hold them
/// grow, and a reader must not look while they do. Results are copies and stay valid.
/// </remarks>
public sealed class MerkleTree
{
    private readonly Lock _lock = new();
    private readonly List<HashList> _levels = [new()];

    public long Size
    {
        get { lock (_lock) return _levels[0].Count; }
    }

    /// <summary>Adds <see cref="MerkleHash.Leaf"/> of the next entry; returns the new size, which is that entry's Seq.</summary>
    public long Append(ReadOnlySpan<byte> leafHash)
    {
        if (leafHash.Length != MerkleHash.Size) throw new ArgumentException("A leaf hash has 32 bytes.", nameof(leafHash));
        lock (_lock)
        {
            _levels[0].Add(leafHash);
            // A subtree is complete when its second half is: an even count means a new pair, whose parent is due.
            for (var level = 0; _levels[level].Count % 2 == 0; level++)
            {
                if (level + 1 == _levels.Count) _levels.Add(new HashList());
                var children = _levels[level];
                MerkleHash.Node(children[children.Count - 2], children[children.Count - 1], _levels[level + 1].Add());
            }

            return _levels[0].Count;
        }
    }

    public byte[] Root()
    {
        lock (_lock) return RootOf(_levels[0].Count);
    }

    /// <summary>The root the tree had when it held <paramref name="size"/> leaves.</summary>
    public byte[] Root(long size)
    {
        lock (_lock)
        {
            CheckSize(size, nameof(size));
            return RootOf(size);
        }
    }

    /// <summary>The hash of one leaf (0-based).</summary>
    public byte[] LeafHash(long leafIndex)
    {
        lock (_lock)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(leafIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leafIndex, _levels[0].Count);
            return _levels[0][leafIndex].ToArray();
        }
    }

    /// <summary>The hashes that lead from a leaf (0-based) to the root at a size, bottom up (RFC 6962 section 2.1.1).</summary>
    public IReadOnlyList<byte[]> InclusionProof(long leafIndex, long treeSize)
    {
        lock (_lock)
        {
            CheckSize(treeSize, nameof(treeSize));
            ArgumentOutOfRangeException.ThrowIfNegative(leafIndex);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(leafIndex, treeSize);
            var proof = new List<byte[]>();
            var (from, to) = (0L, treeSize);
            while (to - from > 1)
            {
                var middle = Split(from, to);
                proof.Add(leafIndex < middle ? Subtree(middle, to) : Subtree(from, middle));
                (from, to) = leafIndex < middle ? (from, middle) : (middle, to);
            }

            proof.Reverse();
            return proof;
        }
    }

    /// <summary>
    /// The hashes that show that the tree at <paramref name="newSize"/> extends the one at <paramref name="oldSize"/>
    /// (RFC 6962 section 2.1.2). Empty for equal sizes; an old size of 0 is refused, since it would prove nothing.
    /// </summary>
    public IReadOnlyList<byte[]> ConsistencyProof(long oldSize, long newSize)
    {
        lock (_lock)
        {
            CheckSize(newSize, nameof(newSize));
            ArgumentOutOfRangeException.ThrowIfLessThan(oldSize, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
            var proof = new List<byte[]>();
            var (from, to) = (0L, newSize);
            while (oldSize < to)
            {
                var middle = Split(from, to);
                proof.Add(oldSize <= middle ? Subtree(middle, to) : Subtree(from, middle));
                (from, to) = oldSize <= middle ? (from, middle) : (middle, to);
            }

            // The verifier knows the old root itself, and needs the meeting point only where it is not that.
            if (from > 0) proof.Add(Subtree(from, to));
            proof.Reverse();
            return proof;
        }
    }

    private void CheckSize(long size, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, _levels[0].Count, name);
    }

    private byte[] RootOf(long size) => size == 0 ? MerkleHash.Empty() : Subtree(0, size);

    /// <summary>The hash over leaves [from, to), where from is a multiple of the next power of two ≥ to − from.</summary>
    private byte[] Subtree(long from, long to)
    {
        var count = to - from;
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.Log2((ulong)count);
            return _levels[level][from >> level].ToArray();
        }

        var middle = Split(from, to);
        return MerkleHash.Node(Subtree(from, middle), Subtree(middle, to));
    }

    /// <summary>RFC 6962's k: the largest power of two below the number of leaves.</summary>
    private static long Split(long from, long to) => from + (1L << BitOperations.Log2((ulong)(to - from - 1)));
}
