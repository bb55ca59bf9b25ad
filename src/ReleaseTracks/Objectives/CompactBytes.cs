using System.Buffers.Binary;
using System.Text;

namespace ReleaseTracks.Objectives;

/// <summary>Whole numbers take as few bytes as they need (LEB128), text is UTF-8 with its length before it.</summary>
internal sealed class CompactWriter
{
    private byte[] buffer = new byte[256];
    private int length;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public void Byte(byte value) => Grow(1)[0] = value;

    public void Count(int value) => Whole((ulong)value);

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Grow(bytes.Length));

    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Count(bytes.Length);
        Bytes(bytes);
    }

    public void Time(DateTimeOffset? time) => Whole((ulong)(time?.UtcTicks ?? 0));

    public void Number(double value)
    {
        var whole = value is >= 0 and < 1L << 53 && Math.Floor(value) == value;
        Byte(whole ? (byte)0 : (byte)1);
        if (whole) Whole((ulong)value);
        else BinaryPrimitives.WriteDoubleLittleEndian(Grow(8), value);
    }

    private void Whole(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }

    private Span<byte> Grow(int by)
    {
        if (buffer.Length - length < by) Array.Resize(ref buffer, Math.Max(buffer.Length * 2, length + by));
        length += by;
        return buffer.AsSpan(length - by, by);
    }
}

/// <summary>Reads what <see cref="CompactWriter"/> wrote. Never throws and never runs on: garbage ends as not whole.</summary>
internal ref struct CompactReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;
    private bool failed;

    /// <summary>True when everything made sense and nothing is left over.</summary>
    public readonly bool IsWhole => !failed && rest.IsEmpty;

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    /// <summary>A number of things to follow, each at least one byte long: never more than there are bytes.</summary>
    public int Count()
    {
        var value = Whole();
        if (value <= (ulong)rest.Length) return (int)value;
        Fail();
        return 0;
    }

    /// <summary>A place in a table, not bounded by what follows.</summary>
    public int Index()
    {
        var value = Whole();
        if (value <= int.MaxValue) return (int)value;
        Fail();
        return 0;
    }

    public string Text() => Encoding.UTF8.GetString(Take(Count()));

    public DateTimeOffset? Time()
    {
        var ticks = Whole();
        if (ticks == 0) return null;
        if (ticks <= (ulong)DateTimeOffset.MaxValue.UtcTicks) return new DateTimeOffset((long)ticks, TimeSpan.Zero);
        Fail();
        return null;
    }

    public double Number()
    {
        if (Byte() == 0) return Whole();
        var bits = Take(8);
        return bits.IsEmpty ? 0 : BinaryPrimitives.ReadDoubleLittleEndian(bits);
    }

    public T? Pick<T>(T[] table)
    {
        var index = Index();
        if (index < table.Length) return table[index];
        Fail();
        return default;
    }

    private ulong Whole()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64 && !rest.IsEmpty; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        Fail();
        return 0;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > rest.Length)
        {
            Fail();
            return [];
        }

        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private void Fail()
    {
        failed = true;
        rest = [];
    }
}
