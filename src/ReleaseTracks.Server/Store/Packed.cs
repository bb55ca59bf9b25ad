namespace ReleaseTracks.Server.Store;

/// <summary>
/// Many small values as one: what each field of a hash costs the store on top of its bytes is more than the bytes. Text is
/// UTF-8 with its length before it, whole numbers take as few bytes as they need (LEB128).
/// </summary>
internal static class Packed
{
    public static byte[] Rows(IEnumerable<KeyValuePair<string, byte[]>> rows) => Write(writer =>
    {
        foreach (var (name, bytes) in rows)
        {
            writer.Write(name);
            writer.Write7BitEncodedInt(bytes.Length);
            writer.Write(bytes);
        }
    });

    public static IEnumerable<KeyValuePair<string, byte[]>> Rows(byte[] packed)
    {
        using var reader = new BinaryReader(new MemoryStream(packed));
        while (reader.BaseStream.Position < packed.Length)
            yield return new(reader.ReadString(), reader.ReadBytes(reader.Read7BitEncodedInt()));
    }

    public static byte[] Counts(IEnumerable<SliCount> counts) => Write(writer =>
    {
        foreach (var count in counts)
        {
            writer.Write(count.Series);
            writer.Write7BitEncodedInt64(count.Total);
            writer.Write7BitEncodedInt64(count.Bad);
        }
    });

    public static IReadOnlyList<SliCount> Counts(byte[] packed)
    {
        var counts = new List<SliCount>();
        using var reader = new BinaryReader(new MemoryStream(packed));
        while (reader.BaseStream.Position < packed.Length)
            counts.Add(new(reader.ReadString(), reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt64()));
        return counts;
    }

    private static byte[] Write(Action<BinaryWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            write(writer);
        return stream.ToArray();
    }
}
