using System.Buffers.Binary;
using System.Security.Cryptography;
using CsCheck;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Tests.Evaluation;

/// <summary>Every kind of lanes gives what the platform gives, whatever the processor has: without its instructions there is nothing to test.</summary>
public sealed class Sha256LanesTests
{
    [Fact]
    public void FirstWords_Eight_AreThePlatforms()
    {
        Assert.SkipUnless(EightLanes.IsSupported, "This processor has no AVX2.");
        FirstWords_AnyMessages_AreThePlatforms<EightLanes>();
    }

    [Fact]
    public void FirstWords_Sixteen_AreThePlatforms()
    {
        Assert.SkipUnless(SixteenLanes.IsSupported, "This processor has no AVX-512.");
        FirstWords_AnyMessages_AreThePlatforms<SixteenLanes>();
    }

    private static void FirstWords_AnyMessages_AreThePlatforms<T>()
        where T : unmanaged, ILanes<T> =>
        Sha256BlockTests.Message.Array[T.Count].Sample(messages =>
        {
            var (blocks, isLong, words) = (new byte[T.Count * BucketHint.Size], new bool[T.Count], new uint[T.Count]);
            Random.Shared.NextBytes(blocks);
            for (var lane = 0; lane < T.Count; lane++)
            {
                var padded = Sha256BlockTests.Padded(messages[lane]);
                padded.CopyTo(blocks, lane * BucketHint.Size);
                isLong[lane] = padded.Length > Sha256Block.Size;
            }

            Sha256Lanes.FirstWords<T>(blocks, isLong, words);

            Assert.Equal(messages.Select(message => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(message))), words);
        });
}
