using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ReleaseTracks.Evaluation;

/// <summary>As many 32-bit numbers as a vector holds, and what SHA-256 does with them.</summary>
internal interface ILanes<T> : IAdditionOperators<T, T, T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>The processor has such vectors, and everything below is one or a few instructions.</summary>
    static abstract bool IsSupported { get; }

    static abstract int Count { get; }

    static abstract T All(uint value);

    /// <summary>The same word of each message, the first of which is given.</summary>
    static abstract T BigEndian(ref uint word);

    static abstract T Choose(T x, T y, T z);

    static abstract T Majority(T x, T y, T z);

    /// <summary>FIPS 180-4, 4.1.2: rotated right by three numbers of bits.</summary>
    static abstract T RotatedXor(T x, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte third);

    /// <summary>FIPS 180-4, 4.1.2: rotated right by two numbers of bits, and shifted right by a third.</summary>
    static abstract T ShiftedXor(T x, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte shift);
}

/// <summary>Eight: AVX2.</summary>
internal readonly struct EightLanes(Vector256<uint> lanes) : ILanes<EightLanes>
{
    private readonly Vector256<uint> lanes = lanes;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => Vector256<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes operator +(EightLanes left, EightLanes right) => new(left.lanes + right.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes All(uint value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes BigEndian(ref uint word) => new(Vector256.Create(FourLanes(ref word, 0), FourLanes(ref word, 4)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Choose(EightLanes x, EightLanes y, EightLanes z) => new(Vector256.ConditionalSelect(x.lanes, y.lanes, z.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes Majority(EightLanes x, EightLanes y, EightLanes z) => new((x.lanes & y.lanes) | (z.lanes & (x.lanes | y.lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes RotatedXor(EightLanes x, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte third) =>
        new(Rotate(x.lanes, first) ^ Rotate(x.lanes, second) ^ Rotate(x.lanes, third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static EightLanes ShiftedXor(EightLanes x, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte shift) =>
        new(Rotate(x.lanes, first) ^ Rotate(x.lanes, second) ^ (x.lanes >>> shift));

    /// <summary>The same word of four messages in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<uint> FourLanes(ref uint word, int first) => Ssse3.Shuffle(
        Vector128.Create(Message(ref word, first), Message(ref word, first + 1), Message(ref word, first + 2), Message(ref word, first + 3)).AsByte(),
        Vector128.Create((byte)3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12)).AsUInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Message(ref uint word, int message) => Unsafe.Add(ref word, message * Sha256Lanes.Stride);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> x, [ConstantExpected] byte bits) => (x >>> bits) | (x << (32 - bits));
}

/// <summary>Sixteen: AVX-512.</summary>
internal readonly struct SixteenLanes(Vector512<uint> lanes) : ILanes<SixteenLanes>
{
    private readonly Vector512<uint> lanes = lanes;

    public static bool IsSupported => Avx512F.IsSupported;

    public static int Count => Vector512<uint>.Count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes operator +(SixteenLanes left, SixteenLanes right) => new(left.lanes + right.lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes All(uint value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes BigEndian(ref uint word) => new(Vector512.Create(
        Vector256.Create(EightLanes.FourLanes(ref word, 0), EightLanes.FourLanes(ref word, 4)),
        Vector256.Create(EightLanes.FourLanes(ref word, 8), EightLanes.FourLanes(ref word, 12))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Choose(SixteenLanes x, SixteenLanes y, SixteenLanes z) => new(Vector512.ConditionalSelect(x.lanes, y.lanes, z.lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes Majority(SixteenLanes x, SixteenLanes y, SixteenLanes z) => new((x.lanes & y.lanes) | (z.lanes & (x.lanes | y.lanes)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes RotatedXor(SixteenLanes x, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte third) =>
        new(Avx512F.RotateRight(x.lanes, first) ^ Avx512F.RotateRight(x.lanes, second) ^ Avx512F.RotateRight(x.lanes, third));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SixteenLanes ShiftedXor(SixteenLanes x, [ConstantExpected] byte first, [ConstantExpected] byte second, [ConstantExpected] byte shift) =>
        new(Avx512F.RotateRight(x.lanes, first) ^ Avx512F.RotateRight(x.lanes, second) ^ (x.lanes >>> shift));
}
