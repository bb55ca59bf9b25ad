using System.Buffers.Binary;
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
