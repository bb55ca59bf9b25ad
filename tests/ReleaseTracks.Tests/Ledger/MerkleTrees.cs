using System.Collections.Concurrent;
using System.Text;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

/// <summary>Trees over the leaves "0", "1", "2" and so on.</summary>
internal static class MerkleTrees
{
    private static readonly ConcurrentDictionary<int, MerkleTree> Cache = new();

    /// <summary>Shared; not to be appended to.</summary>
    public static MerkleTree Of(int size) => Cache.GetOrAdd(size, New);

    public static MerkleTree New(int size)
    {
        var tree = new MerkleTree();
        for (var i = 0; i < size; i++) tree.Append(Leaf(i));
        return tree;
    }

    public static byte[] Leaf(long index) => MerkleHash.Leaf(Encoding.ASCII.GetBytes($"{index}"));
}
