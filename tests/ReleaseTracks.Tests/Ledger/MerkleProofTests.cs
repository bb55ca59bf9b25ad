using System.Text.Json;
using CsCheck;
using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

public class MerkleProofTests
{
    public static TheoryData<string> Inclusion => [.. MerkleVectors.Load("inclusion.json").Select(CaseOf)];

    public static TheoryData<string> Consistency => [.. MerkleVectors.Load("consistency.json").Select(CaseOf)];

    [Theory]
    [MemberData(nameof(Inclusion))]
    public void Inclusion_OfAVector_IsJudgedAsThere(string name)
    {
        var vector = MerkleVectors.Load("inclusion.json").Single(vector => CaseOf(vector) == name);

        var holds = MerkleProof.VerifyInclusion(
            vector.Number("leafIdx"), vector.Number("treeSize"), vector.Bytes("leafHash"), vector.Proof(), vector.Bytes("root"));

        Assert.Equal(!vector.GetProperty("wantErr").GetBoolean(), holds);
    }

    [Theory]
    [MemberData(nameof(Consistency))]
    public void Consistency_OfAVector_IsJudgedAsThere(string name)
    {
        var vector = MerkleVectors.Load("consistency.json").Single(vector => CaseOf(vector) == name);

        var holds = MerkleProof.VerifyConsistency(
            vector.Number("size1"), vector.Number("size2"), vector.Bytes("root1"), vector.Bytes("root2"), vector.Proof());

        Assert.Equal(!vector.GetProperty("wantErr").GetBoolean(), holds);
    }

    [Fact]
    public void Vectors_AreAllThere() => Assert.Equal((98, 98), (Inclusion.Count, Consistency.Count));

    [Fact]
    public void InclusionProof_OfAnyLeafAtAnySize_VerifiesAndNotWithAFlippedBit() =>
        Gen.Select(Gen.Long[1, 300], Gen.ULong, Gen.Int[0, 255]).Sample((size, pick, bit) =>
        {
            var tree = MerkleTrees.Of(300);
            var index = (long)(pick % (ulong)size);
            var proof = tree.InclusionProof(index, size);
            var (leaf, root) = (MerkleTrees.Leaf(index), tree.Root(size));

            Assert.True(MerkleProof.VerifyInclusion(index, size, leaf, proof, root));
            Assert.False(MerkleProof.VerifyInclusion(index, size, Flip(leaf, bit), proof, root));
            Assert.False(MerkleProof.VerifyInclusion(index, size, leaf, proof, Flip(root, bit)));
            for (var i = 0; i < proof.Count; i++)
                Assert.False(MerkleProof.VerifyInclusion(index, size, leaf, Replace(proof, i, bit), root));
            Assert.False(MerkleProof.VerifyInclusion(index, size, leaf, [.. proof, leaf], root));
            if (proof.Count > 0) Assert.False(MerkleProof.VerifyInclusion(index, size, leaf, [.. proof.Skip(1)], root));
            for (var other = 0L; other < size; other++)
                if (other != index) Assert.False(MerkleProof.VerifyInclusion(other, size, leaf, proof, root));
        }, iter: 200);

    [Fact]
    public void ConsistencyProof_OfAnySizes_VerifiesAndNotWithAFlippedBit() =>
        Gen.Select(Gen.Long[1, 300], Gen.ULong, Gen.Int[0, 255]).Sample((size, pick, bit) =>
        {
            var tree = MerkleTrees.Of(300);
            var old = 1 + (long)(pick % (ulong)size);
            var proof = tree.ConsistencyProof(old, size);
            var (before, after) = (tree.Root(old), tree.Root(size));

            Assert.True(MerkleProof.VerifyConsistency(old, size, before, after, proof));
            Assert.False(MerkleProof.VerifyConsistency(old, size, Flip(before, bit), after, proof));
            Assert.False(MerkleProof.VerifyConsistency(old, size, before, Flip(after, bit), proof));
            for (var i = 0; i < proof.Count; i++)
                Assert.False(MerkleProof.VerifyConsistency(old, size, before, after, Replace(proof, i, bit)));
            Assert.False(MerkleProof.VerifyConsistency(old, size, before, after, [.. proof, before]));
            if (proof.Count > 0) Assert.False(MerkleProof.VerifyConsistency(old, size, before, after, [.. proof.Skip(1)]));
        }, iter: 200);

    [Fact]
    public void Proofs_OfEverySmallTree_Verify()
    {
        var tree = MerkleTrees.Of(70);
        for (var size = 1L; size <= 70; size++)
        {
            for (var at = 0L; at < size; at++)
            {
                var leaf = MerkleTrees.Leaf(at);
                Assert.True(MerkleProof.VerifyInclusion(at, size, leaf, tree.InclusionProof(at, size), tree.Root(size)));
                Assert.True(MerkleProof.VerifyConsistency(
                    at + 1, size, tree.Root(at + 1), tree.Root(size), tree.ConsistencyProof(at + 1, size)));
            }
        }
    }

    [Fact]
    public void Proof_WithANullHash_IsRefused() =>
        Assert.False(MerkleProof.VerifyInclusion(0, 2, MerkleTrees.Leaf(0), [null!], MerkleTrees.Of(2).Root()));

    private static string CaseOf(JsonElement vector) => vector.GetProperty("case").GetString()!;

    private static byte[] Flip(byte[] hash, int bit)
    {
        var flipped = hash.ToArray();
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }

    private static byte[][] Replace(IReadOnlyList<byte[]> proof, int at, int bit) =>
        [.. proof.Select((hash, i) => i == at ? Flip(hash, bit) : hash)];
}
