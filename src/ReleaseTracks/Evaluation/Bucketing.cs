using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseTracks.Evaluation;

/// <summary>
/// Which share of the users someone is in: SHA-256 over UTF-8 of <c>"{userId}\n{hint}"</c>, its first four bytes as
/// a little-endian unsigned integer, divided by 2³² − 1. This is Microsoft.FeatureManagement's bucketing
/// (ContextualTargetingFilter), so the same user lands in the same bucket in every language that implements it.
/// </summary>
public static class Bucketing
{
    public static string Hint(string featureKey) => "allocation\n" + featureKey;

    /// <summary>The bucket of a user as a percentage in [0, 100].</summary>
    public static double Percentage(string userId, string hint) => Percentage(userId, new BucketHint(hint));

    /// <summary>As above, with the hint already encoded; allocates nothing.</summary>
    [SkipLocalsInit]
    internal static double Percentage(ReadOnlySpan<char> userId, BucketHint hint)
    {
        Span<byte> message = stackalloc byte[BucketHint.Size];
        if (Encoding.UTF8.TryGetBytes(userId, message, out var written) && hint.Complete(message, written) is var blocks and > 0)
            return Percentage(Sha256Block.FirstWord(message[..(blocks * Sha256Block.Size)]));
        return Percentage(FirstWord(userId, hint.Text));
    }

    internal static double Percentage(uint word) => word / (double)uint.MaxValue * 100;

    private static uint FirstWord(ReadOnlySpan<char> userId, ReadOnlySpan<byte> suffix)
    {
        var message = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(userId.Length) + suffix.Length);
        try
        {
            var length = Encoding.UTF8.GetBytes(userId, message);
            suffix.CopyTo(message.AsSpan(length));
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(message.AsSpan(0, length + suffix.Length), hash);
            return BinaryPrimitives.ReadUInt32LittleEndian(hash);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }
}
