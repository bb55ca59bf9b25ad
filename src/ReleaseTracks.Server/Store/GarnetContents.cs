using System.Runtime.ExceptionServices;
using System.Text;
using Garnet.server;
using StackExchange.Redis;
using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Every key of the embedded store with all that is in it, read in one pass over its log: a second for 200,000 keys. Commands
/// would take two hundred times as long: Garnet (2.2.8) clears four megabytes whenever it reads a hash or a list from disk. And its
/// <c>SCAN</c> forgets keys between pages (11 of 233,000), and never lets go of the objects of those it ended in.
/// </summary>
internal sealed class GarnetContents(Action<IReadOnlyList<StoredKey>> take) : IScanIteratorFunctions
{
    private const int MostKeys = 1000;
    private const long MostBytes = 4 * 1024 * 1024;
    private List<StoredKey> page = [];
    private long bytes;
    private Exception? failed;

    public bool OnStart(long beginAddress, long endAddress) => true;

    public bool Reader<TSourceLogRecord>(in TSourceLogRecord logRecord, RecordMetadata recordMetadata, long numberOfRecords, out CursorRecordResult cursorRecordResult)
        where TSourceLogRecord : ISourceLogRecord
    {
        cursorRecordResult = CursorRecordResult.Accept;
        try
        {
            Add(in logRecord);
            return true;
        }
#pragma warning disable CA1031 // Garnet does not say what it does with it; End throws it again.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failed = exception;
            return false;
        }
    }

    public void OnStop(bool completed, long numberOfRecords)
    {
    }

    public void OnException(Exception exception, long numberOfRecords) => failed ??= exception;

    /// <summary>Hands over what is left, or throws what kept the rest from being read or taken.</summary>
    public void End()
    {
        if (failed is not null)
            ExceptionDispatchInfo.Throw(failed);
        HandOver();
    }

    private void Add<TSourceLogRecord>(in TSourceLogRecord record)
        where TSourceLogRecord : ISourceLogRecord
    {
        var key = Encoding.UTF8.GetString(record.Key);
        var left = record.Expiration > 0 ? new DateTimeOffset(record.Expiration, TimeSpan.Zero) - TimeProvider.System.GetUtcNow() : (TimeSpan?)null;
        if (left is { Ticks: <= 0 })
            return;
        var found = record.DataHeader.ValueIsObject ? Read(key, record.ValueObject, left) : new(key, RedisType.String, [record.ValueSpan.ToArray()], left);
        page.Add(found);
        bytes += found.Items.Sum(item => item.Length());
        if (page.Count >= MostKeys || bytes >= MostBytes)
            HandOver();
    }

    private void HandOver()
    {
        take(page);
        page = [];
        bytes = 0;
    }

    private static unsafe StoredKey Read(string key, IHeapObject value, TimeSpan? left)
    {
        switch (value)
        {
            case ListObject list:
                return new(key, RedisType.List, [.. list.LnkList.Select(item => (RedisValue)item)], left);
            case HashObject hash:
                hash.Scan(0, out var fields, out _, int.MaxValue / 2);
                return new(key, RedisType.Hash, [.. fields.Select(item => (RedisValue)item)], left);
            case SetObject set:
                return new(key, RedisType.Set, [.. set.Set.Select(item => (RedisValue)item)], left);
            case SortedSetObject sorted:
                return new(key, RedisType.SortedSet, [.. sorted.Dictionary.SelectMany(one => (RedisValue[])[one.Key, StoredKey.Score(one.Value)])], left);
            default:
                throw new InvalidDataException($"The key {key} is a {value.GetType().Name}, which is unknown here.");
        }
    }
}
