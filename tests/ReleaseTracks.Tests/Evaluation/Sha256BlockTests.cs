using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using CsCheck;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Tests.Evaluation;

public class Sha256BlockTests
{
    [Fact]
    public void FirstWord_AnyMessageOfOneBlock_IsThePlatforms() =>
        Gen.Byte.Array[0, Sha256Block.MostBytes].Sample(message =>
        {
            var block = new byte[Sha256Block.Size];
            Random.Shared.NextBytes(block);
            message.CopyTo(block, 0);

            var word = Sha256Block.FirstWord(block, message.Length);

            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(message)), word);
        });

    [Fact]
    public void FirstWord_WithoutVectors_IsTheSame() =>
        Gen.Byte.Array[0, Sha256Block.MostBytes].Sample(message =>
        {
            var (scalar, vector) = (new byte[Sha256Block.Size], new byte[Sha256Block.Size]);
            message.CopyTo(scalar, 0);
            message.CopyTo(vector, 0);

            Assert.Equal(
                Sha256Block.FirstWord(vector, message.Length, Ssse3.IsSupported),
                Sha256Block.FirstWord(scalar, message.Length, vectorised: false));
        });

    [Fact]
    public void FirstWord_EveryLength_IsThePlatforms()
    {
        for (var length = 0; length <= Sha256Block.MostBytes; length++)
        {
            var block = new byte[Sha256Block.Size];
            block.AsSpan(0, length).Fill((byte)(length * 31));
            var expected = BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(block.AsSpan(0, length)));

            Assert.Equal(expected, Sha256Block.FirstWord(block, length));
        }
    }
}
