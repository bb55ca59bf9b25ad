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
    private const int StackLimit = 512;

    public static string Hint(string featureKey) => "allocation\n" + featureKey;

    /// <summary>The bucket of a user as a percentage in [0, 100].</summary>
    public static double Percentage(string userId, string hint) =>
        Percentage(userId, Encoding.UTF8.GetBytes("\n" + hint));

    /// <summary>As above, with the hint (and its leading line feed) already encoded; allocates nothing.</summary>
    [SkipLocalsInit]
    internal static double Percentage(ReadOnlySpan<char> userId, ReadOnlySpan<byte> suffix)
    {
        var most = Math.Max(Sha256Block.Size, Encoding.UTF8.GetMaxByteCount(userId.Length) + suffix.Length);
        if (most <= StackLimit)
            return Percentage(userId, suffix, stackalloc byte[StackLimit]);

        var rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return Percentage(userId, suffix, rented);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static double Percentage(ReadOnlySpan<char> userId, ReadOnlySpan<byte> suffix, Span<byte> buffer)
    {
        var length = Encoding.UTF8.GetBytes(userId, buffer);
        suffix.CopyTo(buffer[length..]);
        length += suffix.Length;
        return Word(buffer, length) / (double)uint.MaxValue * 100;
    }

    private static uint Word(Span<byte> buffer, int length)
    {
        if (length <= Sha256Block.MostBytes)
            return Sha256Block.FirstWord(buffer[..Sha256Block.Size], length);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer[..length], hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }
}
