using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>Goes over the records that are in memory, the oldest first.</summary>
internal abstract class MemoryScan : IScanIteratorFunctions
{
    public bool OnStart(long beginAddress, long endAddress) => true;

    public bool Reader<TSourceLogRecord>(in TSourceLogRecord logRecord, RecordMetadata recordMetadata, long numberOfRecords, out CursorRecordResult cursorRecordResult)
        where TSourceLogRecord : ISourceLogRecord
    {
        cursorRecordResult = CursorRecordResult.Accept;
        return See(recordMetadata.Address, logRecord.CalculateHeapMemorySize());
    }

    public void OnStop(bool completed, long numberOfRecords)
    {
    }

    public void OnException(Exception exception, long numberOfRecords)
    {
    }

    /// <returns>Whether to go on.</returns>
    protected abstract bool See(long address, long objectBytes);
}

/// <summary>How large the largest object is.</summary>
internal sealed class LargestObject : MemoryScan
{
    public long Bytes { get; private set; }

    protected override bool See(long address, long objectBytes)
    {
        Bytes = Math.Max(Bytes, objectBytes);
        return true;
    }
}

/// <summary>The oldest records that together take <paramref name="bytes"/>, the objects and whole pages of the log.</summary>
internal sealed class OldestRecords(long bytes, long from, long pageSize) : MemoryScan
{
    private long objects;

    /// <summary>Where the first record is that may stay; 0 if there was none.</summary>
    public long Until { get; private set; }

    protected override bool See(long address, long objectBytes)
    {
        Until = address;
        var pages = (address / pageSize) - (from / pageSize);
        if (objects + (pages * pageSize) >= bytes)
            return false;
        objects += objectBytes;
        return true;
    }
}
