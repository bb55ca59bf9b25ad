using System.Buffers.Binary;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using CsCheck;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Tests.Evaluation;

public class Sha256BlockTests
{
    private const int MostBytes = BucketHint.Size - 9;

    internal static Gen<byte[]> Message { get; } = Gen.Byte.Array[0, MostBytes];

    [Fact]
    public void FirstWord_AnyMessageOfTwoBlocks_IsThePlatforms() => Message.Sample(message =>
        Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(message)), Sha256Block.FirstWord(Padded(message))));

    [Fact]
    public void FirstWord_WithoutVectors_IsTheSame() => Message.Sample(message =>
        Assert.Equal(Sha256Block.FirstWord(Padded(message), Ssse3.IsSupported), Sha256Block.FirstWord(Padded(message), vectorised: false)));

    [Fact]
    public void FirstWord_EveryLength_IsThePlatforms()
    {
        for (var length = 0; length <= MostBytes; length++)
        {
            var message = new byte[length];
            message.AsSpan().Fill((byte)(length * 31));

            Assert.Equal(BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(message)), Sha256Block.FirstWord(Padded(message)));
        }
    }

    /// <summary>FIPS 180-4, 5.1.1.</summary>
    internal static byte[] Padded(byte[] message)
    {
        var padded = new byte[(message.Length + 9 + Sha256Block.Size - 1) / Sha256Block.Size * Sha256Block.Size];
        message.CopyTo(padded, 0);
        padded[message.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(padded.AsSpan(padded.Length - 8), (ulong)message.Length * 8);
        return padded;
    }
}
