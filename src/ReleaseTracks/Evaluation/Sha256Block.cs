using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReleaseTracks.Evaluation;

/// <summary>
/// The first word of the SHA-256 (FIPS 180-4) of a message that fits one block of 64 bytes, which is what bucketing
/// needs for nearly every user. The platform's SHA-256 spends most of its time around such a short message, not in it;
/// the evaluation benchmark shows the difference. Anything longer goes to the platform.
/// </summary>
internal static class Sha256Block
{
    /// <summary>One byte of padding and eight for the length must fit behind the message.</summary>
    public const int MostBytes = Size - 9;

    public const int Size = 64;

    private static readonly uint[] Constants =
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

    /// <param name="block">
    /// <see cref="Size"/> bytes with the message at the start; whatever stands behind it is overwritten.
    /// </param>
    /// <param name="length">Length of the message, at most <see cref="MostBytes"/>.</param>
    /// <returns>The first four bytes of the hash as a little-endian number.</returns>
    [SkipLocalsInit]
    public static uint FirstWord(Span<byte> block, int length)
    {
        block[length] = 0x80;
        block[(length + 1)..].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(block[(Size - 8)..], (ulong)length * 8);

        Span<uint> schedule = stackalloc uint[64];
        for (var i = 0; i < 16; i++)
            schedule[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        if (Ssse3.IsSupported)
            ExpandVector(schedule);
        else
            Expand(schedule);
        return BinaryPrimitives.ReverseEndianness(0x6a09e667 + Compress(ref MemoryMarshal.GetReference(schedule)));
    }

    /// <summary>The message schedule, with the round constants added already.</summary>
    private static void Expand(Span<uint> w)
    {
        for (var i = 16; i < 64; i++)
            w[i] = w[i - 16] + SmallSigma0(w[i - 15]) + w[i - 7] + SmallSigma1(w[i - 2]);
        for (var i = 0; i < 64; i++)
            w[i] += Constants[i];
    }

    /// <summary>As <see cref="Expand"/>, four words at a time.</summary>
    private static void ExpandVector(Span<uint> w)
    {
        ref var words = ref MemoryMarshal.GetReference(w);
        ref var constants = ref MemoryMarshal.GetArrayDataReference(Constants);
        var (x0, x1) = (Vector128.LoadUnsafe(ref words), Vector128.LoadUnsafe(ref words, 4));
        var (x2, x3) = (Vector128.LoadUnsafe(ref words, 8), Vector128.LoadUnsafe(ref words, 12));
        (x0 + Vector128.LoadUnsafe(ref constants)).StoreUnsafe(ref words);
        (x1 + Vector128.LoadUnsafe(ref constants, 4)).StoreUnsafe(ref words, 4);
        (x2 + Vector128.LoadUnsafe(ref constants, 8)).StoreUnsafe(ref words, 8);
        (x3 + Vector128.LoadUnsafe(ref constants, 12)).StoreUnsafe(ref words, 12);
        for (nuint i = 16; i < 64; i += 4)
        {
            var before = ByOneWord(x1, x0);
            var next = x0 + (Rotate(before, 7) ^ Rotate(before, 18) ^ (before >>> 3)) + ByOneWord(x3, x2);
            // The last two words of a group depend on its first two, so they come in a second step.
            next += SmallSigma1(Sse2.Shuffle(x3, 0b11_11_10_10)) & Vector128.Create(~0u, ~0u, 0, 0);
            next += SmallSigma1(Sse2.Shuffle(next, 0b01_01_00_00)) & Vector128.Create(0, 0, ~0u, ~0u);
            (next + Vector128.LoadUnsafe(ref constants, i)).StoreUnsafe(ref words, i);
            (x0, x1, x2, x3) = (x1, x2, x3, next);
        }
    }

    /// <returns>The working variable a after 64 rounds.</returns>
    private static uint Compress(ref uint words)
    {
        uint a = 0x6a09e667, b = 0xbb67ae85, c = 0x3c6ef372, d = 0xa54ff53a;
        uint e = 0x510e527f, f = 0x9b05688c, g = 0x1f83d9ab, h = 0x5be0cd19;
        // Eight rounds at a time, each with its own names: shifting the eight variables along would cost more than
        // the round, and passing them by reference would keep them out of registers.
        for (var i = 0; i < 64; i += 8)
        {
            uint t;
            t = h + BigSigma1(e) + (g ^ (e & (f ^ g))) + Unsafe.Add(ref words, i);
            d += t;
            h = t + BigSigma0(a) + ((a & b) | (c & (a | b)));
            t = g + BigSigma1(d) + (f ^ (d & (e ^ f))) + Unsafe.Add(ref words, i + 1);
            c += t;
            g = t + BigSigma0(h) + ((h & a) | (b & (h | a)));
            t = f + BigSigma1(c) + (e ^ (c & (d ^ e))) + Unsafe.Add(ref words, i + 2);
            b += t;
            f = t + BigSigma0(g) + ((g & h) | (a & (g | h)));
            t = e + BigSigma1(b) + (d ^ (b & (c ^ d))) + Unsafe.Add(ref words, i + 3);
            a += t;
            e = t + BigSigma0(f) + ((f & g) | (h & (f | g)));
            t = d + BigSigma1(a) + (c ^ (a & (b ^ c))) + Unsafe.Add(ref words, i + 4);
            h += t;
            d = t + BigSigma0(e) + ((e & f) | (g & (e | f)));
            t = c + BigSigma1(h) + (b ^ (h & (a ^ b))) + Unsafe.Add(ref words, i + 5);
            g += t;
            c = t + BigSigma0(d) + ((d & e) | (f & (d | e)));
            t = b + BigSigma1(g) + (a ^ (g & (h ^ a))) + Unsafe.Add(ref words, i + 6);
            f += t;
            b = t + BigSigma0(c) + ((c & d) | (e & (c | d)));
            t = a + BigSigma1(f) + (h ^ (f & (g ^ h))) + Unsafe.Add(ref words, i + 7);
            e += t;
            a = t + BigSigma0(b) + ((b & c) | (d & (b | c)));
        }

        return a;
    }

    private static uint BigSigma0(uint x) => BitOperations.RotateRight(x, 2) ^ BitOperations.RotateRight(x, 13) ^ BitOperations.RotateRight(x, 22);

    private static uint BigSigma1(uint x) => BitOperations.RotateRight(x, 6) ^ BitOperations.RotateRight(x, 11) ^ BitOperations.RotateRight(x, 25);

    private static uint SmallSigma0(uint x) => BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);

    private static uint SmallSigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ (x >> 10);

    /// <summary>Of two words that stand doubled, so that shifting 64 bits rotates 32; the results in the lower and upper half.</summary>
    private static Vector128<uint> SmallSigma1(Vector128<uint> doubled)
    {
        var wide = doubled.AsUInt64();
        return Sse2.Shuffle(((wide >>> 17) ^ (wide >>> 19)).AsUInt32() ^ (doubled >>> 10), 0b10_00_10_00);
    }

    private static Vector128<uint> Rotate(Vector128<uint> x, int bits) => (x >>> bits) | (x << (32 - bits));

    /// <summary>Words 1 to 4 of the eight words of both.</summary>
    private static Vector128<uint> ByOneWord(Vector128<uint> upper, Vector128<uint> lower) =>
        Ssse3.AlignRight(upper.AsByte(), lower.AsByte(), 4).AsUInt32();
}
