using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ReleaseTracks.Evaluation;

/// <summary>
/// The first words of the SHA-256 (FIPS 180-4) of many messages at once, one in each lane of a vector: what somebody gets of
/// many features takes as many hashes, none of which waits for another. S. Gueron and V. Krasnov, "Simultaneous Hashing of
/// Multiple Messages", 2012. All of them take little longer than one alone.
/// </summary>
internal static class Sha256Lanes
{
    /// <summary>From one message to the next, in words.</summary>
    public const int Stride = BucketHint.Size / sizeof(uint);

    private const int Window = 16;

    /// <param name="blocks">For each lane <see cref="BucketHint.Size"/> bytes with a padded message.</param>
    /// <param name="isLong">Which of them take both blocks, by lane.</param>
    /// <param name="words">Takes the first four bytes of each hash as a little-endian number.</param>
    [SkipLocalsInit]
    public static void FirstWords<T>(ReadOnlySpan<byte> blocks, ReadOnlySpan<bool> isLong, Span<uint> words)
        where T : unmanaged, ILanes<T>
    {
        Span<T> state =
        [
            T.All(0x6a09e667), T.All(0xbb67ae85), T.All(0x3c6ef372), T.All(0xa54ff53a),
            T.All(0x510e527f), T.All(0x9b05688c), T.All(0x1f83d9ab), T.All(0x5be0cd19),
        ];
        Compress(state, blocks);
        var first = MemoryMarshal.Cast<T, uint>(state[..1]);
        first.CopyTo(words);
        if (isLong.Contains(true))
        {
            Compress(state, blocks[Sha256Block.Size..]);
            for (var lane = 0; lane < first.Length; lane++)
                words[lane] = isLong[lane] ? first[lane] : words[lane];
        }

        BinaryPrimitives.ReverseEndianness(words, words);
    }

    /// <param name="state">The hash so far in all lanes, replaced by that after this block.</param>
    /// <param name="blocks">Of each message one block, <see cref="BucketHint.Size"/> bytes apart.</param>
    [SkipLocalsInit]
    private static void Compress<T>(Span<T> state, ReadOnlySpan<byte> blocks)
        where T : unmanaged, ILanes<T>
    {
        Span<T> words = stackalloc T[Sha256Block.Rounds];
        ref var message = ref Unsafe.As<byte, uint>(ref MemoryMarshal.GetReference(blocks));
        for (var i = 0; i < Window; i++)
            words[i] = T.BigEndian(ref Unsafe.Add(ref message, i));
        var (a, b, c, d) = (state[0], state[1], state[2], state[3]);
        var (e, f, g, h) = (state[4], state[5], state[6], state[7]);
        for (var round = 0; round < Sha256Block.Rounds; round += 8)
        {
            ref var word = ref words[round];
            if (round >= Window)
                Extend(ref word);
            ref var constant = ref Sha256Block.Constants[round];
            Round(a, b, c, ref d, e, f, g, ref h, word, constant);
            Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref word, 1), Unsafe.Add(ref constant, 1));
            Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref word, 2), Unsafe.Add(ref constant, 2));
            Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref word, 3), Unsafe.Add(ref constant, 3));
            Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref word, 4), Unsafe.Add(ref constant, 4));
            Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref word, 5), Unsafe.Add(ref constant, 5));
            Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref word, 6), Unsafe.Add(ref constant, 6));
            Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref word, 7), Unsafe.Add(ref constant, 7));
        }

        (state[0], state[1], state[2], state[3]) = (state[0] + a, state[1] + b, state[2] + c, state[3] + d);
        (state[4], state[5], state[6], state[7]) = (state[4] + e, state[5] + f, state[6] + g, state[7] + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<T>(T a, T b, T c, ref T d, T e, T f, T g, ref T h, T word, uint constant)
        where T : unmanaged, ILanes<T>
    {
        var t = h + word + T.All(constant) + T.Choose(e, f, g) + T.RotatedXor(e, 6, 11, 25);
        d += t;
        h = t + T.Majority(a, b, c) + T.RotatedXor(a, 2, 13, 22);
    }

    /// <summary>Eight words of the schedule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Extend<T>(ref T word)
        where T : unmanaged, ILanes<T>
    {
        for (var i = 0; i < 8; i++, word = ref Unsafe.Add(ref word, 1))
            word = Unsafe.Add(ref word, -16) + T.ShiftedXor(Unsafe.Add(ref word, -15), 7, 18, 3) + Unsafe.Add(ref word, -7) + T.ShiftedXor(Unsafe.Add(ref word, -2), 17, 19, 10);
    }
}
