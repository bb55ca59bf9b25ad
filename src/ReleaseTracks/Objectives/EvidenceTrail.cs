using System.Buffers.Binary;
using System.Collections.Immutable;

namespace ReleaseTracks.Objectives;

/// <summary>The log evidence at one moment; without <see cref="G"/> it could not be measured then.</summary>
public readonly record struct EvidencePoint(DateTimeOffset At, double? G, double? C1);

/// <summary>
/// How the evidence came to where it is, for people to look at; no decision goes by it. Bounded: while nothing speaks
/// against the objective only the last few points are kept, and a long rise is thinned out at its older end.
/// </summary>
public static class EvidenceTrail
{
    public const int Most = 64;

    /// <summary>So many points lead up to a rise, so that one sees what it rose from.</summary>
    public const int Calm = 10;

    private const int PointSize = sizeof(long) + (2 * sizeof(float));

    public static ImmutableArray<EvidencePoint> Add(ImmutableArray<EvidencePoint> trail, EvidencePoint point)
    {
        if (!trail.IsEmpty && (point.At <= trail[^1].At || (point.G is null && trail[^1].G is null)))
            return trail;
        if (point.G <= 0 && trail.Length >= Calm)
            return [.. trail.AsSpan()[^(Calm - 1)..], point];
        return trail.Length < Most ? trail.Add(point) : [.. Thin(trail), point];
    }

    public static byte[] Write(ImmutableArray<EvidencePoint> trail)
    {
        var bytes = new byte[trail.Length * PointSize];
        for (var index = 0; index < trail.Length; index++)
        {
            var at = bytes.AsSpan(index * PointSize);
            BinaryPrimitives.WriteInt64LittleEndian(at, trail[index].At.UtcTicks);
            BinaryPrimitives.WriteSingleLittleEndian(at[8..], (float)(trail[index].G ?? double.NaN));
            BinaryPrimitives.WriteSingleLittleEndian(at[12..], (float)(trail[index].C1 ?? double.NaN));
        }

        return bytes;
    }

    /// <summary>What is damaged reads as an empty trail: it is only a picture.</summary>
    public static ImmutableArray<EvidencePoint> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % PointSize != 0 || bytes.Length > Most * PointSize)
            return [];
        var trail = ImmutableArray.CreateBuilder<EvidencePoint>(bytes.Length / PointSize);
        for (; !bytes.IsEmpty; bytes = bytes[PointSize..])
        {
            var ticks = BinaryPrimitives.ReadInt64LittleEndian(bytes);
            if (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks)
                return [];
            trail.Add(new(new(ticks, TimeSpan.Zero), Number(bytes[8..]), Number(bytes[12..])));
        }

        return trail.ToImmutable();
    }

    /// <summary>Every second point of the older half goes, but no gap: a line must not close over what was not seen.</summary>
    private static IEnumerable<EvidencePoint> Thin(ImmutableArray<EvidencePoint> trail)
    {
        var kept = new List<EvidencePoint>(trail.Length);
        for (var index = 0; index < trail.Length; index++)
        {
            var point = trail[index];
            var isDropped = index % 2 == 1 && index < trail.Length / 2 && point.G is not null;
            var isSecondGap = point.G is null && kept.Count > 0 && kept[^1].G is null;
            if (!isDropped && !isSecondGap)
                kept.Add(point);
        }

        return kept.Count < trail.Length ? kept : kept.Skip(1);
    }

    private static double? Number(ReadOnlySpan<byte> bytes) =>
        BinaryPrimitives.ReadSingleLittleEndian(bytes) is var number && float.IsFinite(number) ? number : null;
}
