using System.Buffers.Binary;

namespace ReleaseTracks.Objectives;

/// <summary>Writes numbers in as few bytes as they need: zigzag varints, times in UTC ticks, doubles as they are.</summary>
internal sealed class GuardWriter
{
    private byte[] buffer = new byte[512];
    private int length;

    public void Byte(byte value)
    {
        if (length == buffer.Length)
            Array.Resize(ref buffer, length * 2);
        buffer[length++] = value;
    }

    public void Number(long value)
    {
        var zigzag = (ulong)((value << 1) ^ (value >> 63));
        for (; zigzag >= 0x80; zigzag >>= 7)
            Byte((byte)(zigzag | 0x80));
        Byte((byte)zigzag);
    }

    public void Fixed(ulong value)
    {
        for (var i = 0; i < 8; i++)
            Byte((byte)(value >> (8 * i)));
    }

    public void Double(double value) => Fixed(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>No time is written as −1.</summary>
    public void Time(DateTimeOffset? value) => Number(value?.UtcTicks ?? -1);

    public void Counts(in IntervalCounts counts)
    {
        Number(counts.Total);
        Number(counts.Bad);
        Number(counts.ControlTotal);
        Number(counts.ControlBad);
    }

    public void Wealth(double[] wealth)
    {
        foreach (var value in wealth)
            Double(value);
    }

    public void Clear() => length = 0;

    public byte[] ToArray() => buffer.AsSpan(0, length).ToArray();
}

/// <summary>Reads what <see cref="GuardWriter"/> wrote. Never throws: a bad byte sets <see cref="Failed"/> and reads as zero.</summary>
internal ref struct GuardReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    public bool Failed { get; private set; }

    public readonly bool Finished => !Failed && rest.IsEmpty;

    public void Require(bool condition) => Failed |= !condition;

    public byte Byte()
    {
        Require(!rest.IsEmpty);
        if (Failed)
            return 0;
        var value = rest[0];
        rest = rest[1..];
        return value;
    }

    public long Number()
    {
        var zigzag = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Byte();
            zigzag |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        }
        Require(false);
        return 0;
    }

    public long Count()
    {
        var value = Number();
        Require(value >= 0);
        return Failed ? 0 : value;
    }

    public int Int()
    {
        var value = Number();
        Require(value is >= 0 and <= int.MaxValue);
        return Failed ? 0 : (int)value;
    }

    public ulong Fixed()
    {
        Require(rest.Length >= 8);
        if (Failed)
            return 0;
        var value = BinaryPrimitives.ReadUInt64LittleEndian(rest);
        rest = rest[8..];
        return value;
    }

    public double Double()
    {
        var value = BitConverter.UInt64BitsToDouble(Fixed());
        Require(!double.IsNaN(value));
        return value;
    }

    public DateTimeOffset? OptionalTime()
    {
        var ticks = Number();
        if (ticks == -1)
            return null;
        Require(ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks);
        return new DateTimeOffset(Failed ? 0 : ticks, TimeSpan.Zero);
    }

    public DateTimeOffset Time()
    {
        var time = OptionalTime();
        Require(time is not null);
        return time ?? DateTimeOffset.MinValue;
    }

    public IntervalCounts Counts() => new(Count(), Count(), Count(), Count());

    public void Wealth(Span<double> wealth)
    {
        for (var i = 0; i < wealth.Length; i++)
        {
            wealth[i] = Double();
            Require(!double.IsPositiveInfinity(wealth[i]));
        }
    }
}
