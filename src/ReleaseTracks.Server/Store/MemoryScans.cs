using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>Goes over records in memory and finds the largest object.</summary>
internal struct LargestObject : IScanIteratorFunctions
{
    public long Bytes { get; private set; }

    public readonly bool OnStart(long beginAddress, long endAddress) => true;

    public bool Reader<TSourceLogRecord>(in TSourceLogRecord logRecord, RecordMetadata recordMetadata, long numberOfRecords, out CursorRecordResult cursorRecordResult)
        where TSourceLogRecord : ISourceLogRecord
    {
        cursorRecordResult = CursorRecordResult.Accept;
        Bytes = Math.Max(Bytes, logRecord.CalculateHeapMemorySize());
        return true;
    }

    public readonly void OnStop(bool completed, long numberOfRecords)
    {
    }

    public readonly void OnException(Exception exception, long numberOfRecords)
    {
    }
}

/// <summary>Goes over the oldest records until those before take <paramref name="bytes"/>, the objects and whole pages of the log.</summary>
internal struct OldestRecords(long bytes, long pageSize) : IScanIteratorFunctions
{
    private long objects;
    private long first;

    /// <summary>Where the first record is that may stay.</summary>
    public long Until { get; private set; }

    public readonly bool OnStart(long beginAddress, long endAddress) => true;

    public bool Reader<TSourceLogRecord>(in TSourceLogRecord logRecord, RecordMetadata recordMetadata, long numberOfRecords, out CursorRecordResult cursorRecordResult)
        where TSourceLogRecord : ISourceLogRecord
    {
        cursorRecordResult = CursorRecordResult.Accept;
        if (Until == 0)
            first = recordMetadata.Address;
        Until = recordMetadata.Address;
        var pages = (Until / pageSize) - (first / pageSize);
        if (objects + (pages * pageSize) >= bytes)
            return false;
        objects += logRecord.CalculateHeapMemorySize();
        return true;
    }

    public readonly void OnStop(bool completed, long numberOfRecords)
    {
    }

    public readonly void OnException(Exception exception, long numberOfRecords)
    {
    }
}
