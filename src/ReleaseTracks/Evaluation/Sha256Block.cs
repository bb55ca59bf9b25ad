using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReleaseTracks.Evaluation;

/// <summary>
/// The first word of the SHA-256 (FIPS 180-4) of a message of one or two blocks of 64 bytes, which is what bucketing
/// needs for nearly every user. The platform's SHA-256 spends most of its time around such a short message, not in it;
/// the evaluation benchmark shows the difference. Anything longer goes to the platform.
/// </summary>
internal static class Sha256Block
{
    public const int Size = 64;

    internal const int Rounds = 64;

    internal static readonly uint[] Constants =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <param name="message">Whole blocks: padded already.</param>
    /// <returns>The first four bytes of the hash as a little-endian number.</returns>
    public static uint FirstWord(ReadOnlySpan<byte> message) => FirstWord(message, Ssse3.IsSupported);

    [SkipLocalsInit]
    internal static uint FirstWord(ReadOnlySpan<byte> message, bool vectorised)
    {
        Span<uint> words = stackalloc uint[Rounds];
        var hash = new State();
        for (; message.Length >= Size; message = message[Size..])
            hash.Add(vectorised ? CompressVector(hash, words, message) : CompressScalar(hash, words, message));
        return BinaryPrimitives.ReverseEndianness(hash.A);
    }

    /// <summary>
    /// The schedule is extended four words at a time, in the loop that uses it: vector and scalar units then work side
    /// by side.
    /// </summary>
    /// <returns>The working variables after 64 rounds.</returns>
    private static State CompressVector(State state, Span<uint> schedule, ReadOnlySpan<byte> block)
    {
        ref var words = ref MemoryMarshal.GetReference(schedule);
        ref var message = ref MemoryMarshal.GetReference(block);
        ref var constants = ref MemoryMarshal.GetArrayDataReference(Constants);
        var swap = Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
        var x0 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message), swap).AsUInt32();
        var x1 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message, 16), swap).AsUInt32();
        var x2 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message, 32), swap).AsUInt32();
        var x3 = Ssse3.Shuffle(Vector128.LoadUnsafe(ref message, 48), swap).AsUInt32();
        for (nuint i = 0; i < Rounds; i += 8)
        {
            (x0 + Vector128.LoadUnsafe(ref constants, i)).StoreUnsafe(ref words, i);
            (x1 + Vector128.LoadUnsafe(ref constants, i + 4)).StoreUnsafe(ref words, i + 4);
            var (next0, next1) = (x2, x3);
            if (i < 48)
            {
                next0 = Next(x0, x1, x2, x3);
                next1 = Next(x1, x2, x3, next0);
            }

            x0 = x2;
            x1 = x3;
            x2 = next0;
            x3 = next1;
            state.EightRounds(ref Unsafe.Add(ref words, i));
        }

        return state;
    }

    private static State CompressScalar(State state, Span<uint> words, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < 16; i++)
            words[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < Rounds; i++)
            words[i] = words[i - 16] + SmallSigma0(words[i - 15]) + words[i - 7] + SmallSigma1(words[i - 2]);
        for (var i = 0; i < Rounds; i++)
            words[i] += Constants[i];
        for (var i = 0; i < Rounds; i += 8)
            state.EightRounds(ref words[i]);
        return state;
    }

    /// <summary>The four words that follow sixteen: the schedule, vectorised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Next(Vector128<uint> x0, Vector128<uint> x1, Vector128<uint> x2, Vector128<uint> x3)
    {
        var before = ByOneWord(x1, x0);
        var next = x0 + (Rotate(before, 7) ^ Rotate(before, 18) ^ (before >>> 3)) + ByOneWord(x3, x2);
        // The last two words of a group depend on its first two, so they come in a second step.
        next += SmallSigma1(Sse2.Shuffle(x3, 0b11_11_10_10)) & Vector128.Create(~0u, ~0u, 0, 0);
        return next + (SmallSigma1(Sse2.Shuffle(next, 0b01_01_00_00)) & Vector128.Create(0, 0, ~0u, ~0u));
    }

    /// <summary>
    /// The eight working variables. Eight rounds at a time, each with its own names: shifting the variables along would
    /// cost more than the round. Sums put what is known early first, since e of one round waits for e of the last. The
    /// majority of three is <c>((a ^ b) &amp; (b ^ c)) ^ b</c>, and the next round's <c>b ^ c</c> is this one's <c>a ^ b</c>.
    /// </summary>
    private struct State()
    {
        private uint a = 0x6a09e667, b = 0xbb67ae85, c = 0x3c6ef372, d = 0xa54ff53a;
        private uint e = 0x510e527f, f = 0x9b05688c, g = 0x1f83d9ab, h = 0x5be0cd19;
        private uint bc = 0xbb67ae85 ^ 0x3c6ef372;

        public readonly uint A => a;

        public void Add(in State other)
        {
            (a, b, c, d) = (a + other.a, b + other.b, c + other.c, d + other.d);
            (e, f, g, h) = (e + other.e, f + other.f, g + other.g, h + other.h);
            bc = b ^ c;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void EightRounds(ref uint words)
        {
            uint t, ab;
            t = h + words + Choose(e, f, g) + BigSigma1(e);
            d += t;
            ab = a ^ b;
            h = t + (((ab & bc) ^ b) + BigSigma0(a));
            t = g + Unsafe.Add(ref words, 1) + Choose(d, e, f) + BigSigma1(d);
            c += t;
            bc = h ^ a;
            g = t + (((ab & bc) ^ a) + BigSigma0(h));
            t = f + Unsafe.Add(ref words, 2) + Choose(c, d, e) + BigSigma1(c);
            b += t;
            ab = g ^ h;
            f = t + (((ab & bc) ^ h) + BigSigma0(g));
            t = e + Unsafe.Add(ref words, 3) + Choose(b, c, d) + BigSigma1(b);
            a += t;
            bc = f ^ g;
            e = t + (((ab & bc) ^ g) + BigSigma0(f));
            t = d + Unsafe.Add(ref words, 4) + Choose(a, b, c) + BigSigma1(a);
            h += t;
            ab = e ^ f;
            d = t + (((ab & bc) ^ f) + BigSigma0(e));
            t = c + Unsafe.Add(ref words, 5) + Choose(h, a, b) + BigSigma1(h);
            g += t;
            bc = d ^ e;
            c = t + (((ab & bc) ^ e) + BigSigma0(d));
            t = b + Unsafe.Add(ref words, 6) + Choose(g, h, a) + BigSigma1(g);
            f += t;
            ab = c ^ d;
            b = t + (((ab & bc) ^ d) + BigSigma0(c));
            t = a + Unsafe.Add(ref words, 7) + Choose(f, g, h) + BigSigma1(f);
            e += t;
            bc = b ^ c;
            a = t + (((ab & bc) ^ c) + BigSigma0(b));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Choose(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BigSigma0(uint x) => BitOperations.RotateRight(x, 2) ^ BitOperations.RotateRight(x, 13) ^ BitOperations.RotateRight(x, 22);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint BigSigma1(uint x) => BitOperations.RotateRight(x, 6) ^ BitOperations.RotateRight(x, 11) ^ BitOperations.RotateRight(x, 25);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SmallSigma0(uint x) => BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SmallSigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ (x >> 10);

    /// <summary>Of two words that stand doubled, so that shifting 64 bits rotates 32; the results in the lower and upper half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> SmallSigma1(Vector128<uint> doubled)
    {
        var wide = doubled.AsUInt64();
        return Sse2.Shuffle(((wide >>> 17) ^ (wide >>> 19)).AsUInt32() ^ (doubled >>> 10), 0b10_00_10_00);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> x, [ConstantExpected] byte bits) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(x, bits) : (x >>> bits) | (x << (32 - bits));

    /// <summary>Words 1 to 4 of the eight words of both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ByOneWord(Vector128<uint> upper, Vector128<uint> lower) =>
        Ssse3.AlignRight(upper.AsByte(), lower.AsByte(), 4).AsUInt32();
}
