using System.Security.Cryptography;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives;

/// <summary>
/// Version 1: version byte, strings, counter ids, sources, carried remainders, then the first 8 bytes of the SHA-256
/// of all that. Every name is stored once; a counter costs about five bytes.
/// </summary>
internal static class CounterDeltasCodec
{
    private const byte Version = 1;
    private const int ChecksumLength = 8;

    public static byte[] Write(CounterDeltas deltas)
    {
        var names = new IndexTable<string>();
        var ids = new IndexTable<CounterId>();
        var body = new CompactWriter();
        body.Count(deltas.Sources.Count);
        foreach (var (name, source) in deltas.Sources) Write(body, names, ids, name, source);
        body.Count(deltas.Carried.Count);
        foreach (var (series, pending) in deltas.Carried)
        {
            body.Count(ids.IndexOf(new CounterId(series, default)));
            body.Number(pending.Events);
            body.Number(pending.Bad);
        }

        var idTable = new CompactWriter();
        idTable.Count(ids.Items.Count);
        foreach (var id in ids.Items) Write(idTable, names, id);
        var all = new CompactWriter();
        all.Byte(Version);
        all.Count(names.Items.Count);
        foreach (var name in names.Items) all.Text(name);
        all.Bytes(idTable.Written);
        all.Bytes(body.Written);
        all.Bytes(SHA256.HashData(all.Written).AsSpan(0, ChecksumLength));
        return all.Written.ToArray();
    }

    public static CounterDeltas? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= ChecksumLength || bytes[0] != Version) return null;
        var body = bytes[..^ChecksumLength];
        if (!SHA256.HashData(body).AsSpan(0, ChecksumLength).SequenceEqual(bytes[^ChecksumLength..])) return null;
        var reader = new CompactReader(body[1..]);
        var names = new string[reader.Count()];
        for (var i = 0; i < names.Length; i++) names[i] = reader.Text();
        var ids = new CounterId[reader.Count()];
        for (var i = 0; i < ids.Length; i++) ids[i] = ReadId(ref reader, names);
        var deltas = new CounterDeltas();
        for (var left = reader.Count(); left > 0; left--) ReadSource(ref reader, names, ids, deltas);
        for (var left = reader.Count(); left > 0; left--)
            deltas.Carried[reader.Pick(ids).Series] = new CounterDeltas.Pending(reader.Number(), reader.Number());
        return reader.IsWhole ? deltas : null;
    }

    private static void Write(CompactWriter body, IndexTable<string> names, IndexTable<CounterId> ids, string name, SourceCounters source)
    {
        body.Count(names.IndexOf(name));
        body.Time(source.At);
        body.Count(source.Instances.Count);
        foreach (var (instanceName, instance) in source.Instances)
        {
            body.Count(names.IndexOf(instanceName));
            body.Time(instance.Start);
            body.Time(instance.MissingSince);
            body.Count(instance.Counters.Count);
            foreach (var (id, counter) in instance.Counters)
            {
                body.Count(ids.IndexOf(id));
                body.Number(counter.Value);
            }
        }
    }

    private static void Write(CompactWriter table, IndexTable<string> names, CounterId id)
    {
        table.Count(names.IndexOf(id.Series.Feature));
        table.Count(names.IndexOf(id.Series.Variant));
        table.Count(id.Series.Objective is { } objective ? names.IndexOf(objective) + 1 : 0);
        table.Byte((byte)id.Series.Track);
        table.Byte((byte)id.Series.Indicator);
        table.Byte((byte)id.Part);
    }

    private static CounterId ReadId(ref CompactReader reader, string[] names)
    {
        var feature = reader.Pick(names);
        var variant = reader.Pick(names);
        var objective = reader.Index();
        var track = (TrackKey)reader.Byte();
        var indicator = (Indicator)reader.Byte();
        var part = (CounterPart)reader.Byte();
        return new CounterId(
            new OutcomeSeries(feature ?? "", track, variant ?? "", indicator, objective > 0 && objective <= names.Length ? names[objective - 1] : null), part);
    }

    private static void ReadSource(ref CompactReader reader, string[] names, CounterId[] ids, CounterDeltas deltas)
    {
        var name = reader.Pick(names) ?? "";
        var source = new SourceCounters { At = reader.Time() };
        deltas.Sources[name] = source;
        for (var instances = reader.Count(); instances > 0; instances--)
        {
            var instanceName = reader.Pick(names) ?? "";
            var instance = new InstanceCounters { IsKnown = true, Start = reader.Time(), MissingSince = reader.Time() };
            source.Instances[instanceName] = instance;
            for (var counters = reader.Count(); counters > 0; counters--)
                instance.Counters[reader.Pick(ids)] = (reader.Number(), source.At ?? default);
        }
    }

    private sealed class IndexTable<T>
        where T : notnull
    {
        private readonly Dictionary<T, int> indexes = [];

        public List<T> Items { get; } = [];

        public int IndexOf(T item)
        {
            if (indexes.TryGetValue(item, out var index)) return index;
            indexes.Add(item, Items.Count);
            Items.Add(item);
            return Items.Count - 1;
        }
    }
}
