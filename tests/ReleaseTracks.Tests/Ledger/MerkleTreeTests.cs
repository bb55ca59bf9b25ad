using System.Security.Cryptography;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

public class MerkleTreeTests
{
    [Fact]
    public void Root_AtEverySize_IsThatOfTheRecursiveDefinition()
    {
        var tree = MerkleTrees.Of(300);
        byte[][] leaves = [.. Enumerable.Range(0, 300).Select(i => MerkleTrees.Leaf(i))];

        for (var size = 0; size <= leaves.Length; size++)
            Assert.Equal(Reference(leaves.AsSpan(0, size)), tree.Root(size));
    }

    [Fact]
    public void Root_WhileGrowing_IsTheRootAtTheSizeLater()
    {
        var tree = new MerkleTree();
        var later = MerkleTrees.Of(100);

        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(later.Root(i), tree.Root());
            Assert.Equal(i + 1, tree.Append(MerkleTrees.Leaf(i)));
        }
    }

    /// <summary>Known from RFC 6962 and every log: the root of nothing, and a leaf of nothing.</summary>
    [Fact]
    public void Hashes_OfNothing_AreTheKnownOnes()
    {
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", Convert.ToHexStringLower(new MerkleTree().Root()));
        Assert.Equal("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", Convert.ToHexStringLower(MerkleHash.Leaf([])));
    }

    [Fact]
    public void Arguments_OutOfBounds_AreRefused()
    {
        var tree = MerkleTrees.Of(5);

        Assert.Throws<ArgumentException>(() => tree.Append(new byte[31]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Root(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Root(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(-1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.InclusionProof(0, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(0, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(4, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.ConsistencyProof(4, 6));
    }

    [Fact]
    public async Task Readers_WhileOneWriterAppends_SeeOnlyConsistentTrees()
    {
        var tree = MerkleTrees.New(1);
        var cancellation = TestContext.Current.CancellationToken;
        var writer = Task.Run(() => { for (var i = 1; i < 5_000; i++) tree.Append(MerkleTrees.Leaf(i)); }, cancellation);
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var (oldSize, oldRoot) = (1L, tree.Root(1));
            while (oldSize < 5_000)
            {
                var size = tree.Size;
                var root = tree.Root(size);
                Assert.True(MerkleProof.VerifyConsistency(oldSize, size, oldRoot, root, tree.ConsistencyProof(oldSize, size)));
                (oldSize, oldRoot) = (size, root);
            }
        }, cancellation));

        await Task.WhenAll([writer, .. readers]).WaitAsync(TimeSpan.FromSeconds(30), cancellation);
    }

    /// <summary>RFC 6962 section 2.1, word for word.</summary>
    private static byte[] Reference(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 0) return SHA256.HashData([]);
        if (leaves.Length == 1) return leaves[0];
        var k = 1;
        while (k * 2 < leaves.Length) k *= 2;
        return SHA256.HashData([0x01, .. Reference(leaves[..k]), .. Reference(leaves[k..])]);
    }
}
