using System.Text;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Many small values as one: what each field of a hash costs the store on top of its bytes is more than the bytes. Text is
/// UTF-8 with its length before it, whole numbers take as few bytes as they need (LEB128).
/// </summary>
internal static class Packed
{
    private const int LargestKept = 64 * 1024;

    [ThreadStatic]
    private static BinaryWriter? spare;

    public static byte[] Rows(IEnumerable<KeyValuePair<string, byte[]>> rows) => Write(rows, static (writer, row) =>
    {
        writer.Write(row.Key);
        writer.Write7BitEncodedInt(row.Value.Length);
        writer.Write(row.Value);
    });

    public static IEnumerable<KeyValuePair<string, byte[]>> Rows(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed));
        while (reader.BaseStream.Position < packed.Length)
            yield return new(reader.ReadString(), reader.ReadBytes(reader.Read7BitEncodedInt()));
    }

    public static byte[] Counts(IEnumerable<SliCount> counts) => Write(counts, static (writer, count) =>
    {
        writer.Write(count.Series);
        writer.Write7BitEncodedInt64(count.Total);
        writer.Write7BitEncodedInt64(count.Bad);
    });

    public static IReadOnlyList<SliCount> Counts(byte[] packed)
    {
        var counts = new List<SliCount>();
        using var reader = new BinaryReader(new MemoryStream(packed));
        while (reader.BaseStream.Position < packed.Length)
            counts.Add(new(reader.ReadString(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64()));
        return counts;
    }

    private static byte[] Write<T>(IEnumerable<T> items, Action<BinaryWriter, T> write)
    {
        var writer = spare ??= new(new MemoryStream(), Encoding.UTF8);
        var stream = (MemoryStream)writer.BaseStream;
        stream.SetLength(0);
        foreach (var item in items)
            write(writer, item);
        if (stream.Capacity > LargestKept)
            spare = null;
        return stream.ToArray();
    }
}
