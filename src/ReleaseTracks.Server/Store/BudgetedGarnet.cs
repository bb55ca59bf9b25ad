using Garnet;
using Garnet.networking;
using Garnet.server;
using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Garnet that executes one batch of commands at a time, and makes room between two of them. By itself it makes room on a thread of its own, which copies
/// a page while commands change what is on it: an object it meets half cleared ends the process (2.2.8). Its budget is for data alone: by
/// itself it takes what its index grows by from it, until nothing is left, and stops for good.
/// </summary>
internal sealed class BudgetedGarnet : GarnetServer
{
    private const long Megabyte = 1024 * 1024;
    private const long NeverMegabytes = 64 * 1024;
    private readonly Func<long> megabytes;
    private readonly Lock gate = new();
    private long budget;
    private long evicting;
    private bool reading;

    /// <param name="options">Of <see cref="GarnetSettings"/>.</param>
    /// <param name="loggers">What Garnet logs goes here.</param>
    /// <param name="megabytes">The memory for data, asked for whenever it is used up. What it recovers may be more, until the first command.</param>
    public BudgetedGarnet(GarnetServerOptions options, ILoggerFactory loggers, Func<long> megabytes)
        : base(options, loggers)
    {
        this.megabytes = megabytes;
        budget = megabytes() * Megabyte;
        storeWrapper.sizeTracker.TargetSize = NeverMegabytes * Megabyte;
        foreach (var server in storeWrapper.Servers)
        {
            server.Unregister(WireFormat.ASCII, out var sessions);
            server.Register(WireFormat.ASCII, new OneAtATime(sessions, gate, KeepToBudget));
        }
    }

    /// <summary>What its data takes in memory.</summary>
    public long Bytes => storeWrapper.store.Log.LogSizeTracker.TotalSize;

    /// <summary>
    /// All that is in it, in pages. Blocks. For whoever opened it for that: from now on it pushes nothing more out of memory, since the answer of a
    /// page that was read just then once never came (2.2.8).
    /// </summary>
    public void Read(Action<IReadOnlyList<StoredKey>> take)
    {
        lock (gate)
            reading = true;
        using var session = new LocalServerSession(storeWrapper);
        var contents = new GarnetContents(take);
        long cursor = 0;
        session.BasicGarnetApi.IterateStore(ref contents, ref cursor);
        contents.End();
    }

    /// <summary>What is to go is written first, and goes when that is done; nobody waits for it.</summary>
    private void KeepToBudget()
    {
        if (reading)
            return;
        var log = storeWrapper.store.Log;
        if (evicting > log.HeadAddress)
        {
            if (log.FlushedUntilAddress >= evicting)
                log.ShiftHeadAddress(evicting, wait: false);
            return;
        }

        if (Bytes <= budget || Bytes <= NewBudget())
            return;
        var oldest = new OldestRecords(Bytes - budget + (budget / 8), log.PageSizeBytes);
        log.Scan(ref oldest, log.HeadAddress, log.TailAddress - LogSizeTracker.MinEvictionHeadAddressLag, DiskScanBufferingMode.NoBuffering);
        evicting = oldest.Until;
        log.ShiftReadOnlyAddress(evicting, wait: false);
    }

    private long NewBudget()
    {
        try
        {
            return budget = megabytes() * Megabyte;
        }
        catch (IOException)
        {
            // A checkpoint is just being replaced.
            return budget;
        }
    }

    private sealed class OneAtATime(ISessionProvider sessions, Lock gate, Action between) : ISessionProvider
    {
        public MaxSizeSettings GetMaxSizeSettings => sessions.GetMaxSizeSettings;

        public IMessageConsumer GetSession(WireFormat wireFormat, INetworkSender networkSender) =>
            new Session(sessions.GetSession(wireFormat, networkSender), gate, between);
    }

    private sealed class Session(IMessageConsumer session, Lock gate, Action between) : IMessageConsumer
    {
        public unsafe int TryConsumeMessages(byte* reqBuffer, int bytesRead)
        {
            lock (gate)
            {
                between();
                return session.TryConsumeMessages(reqBuffer, bytesRead);
            }
        }

        public void Dispose() => session.Dispose();
    }

    /// <summary>Goes over the oldest records until those before take <paramref name="bytes"/>, the objects and whole pages of the log.</summary>
    private struct OldestRecords(long bytes, long pageSize) : IScanIteratorFunctions
    {
        private long objects;
        private long first;

        /// <summary>Where the first record is that may stay.</summary>
        public long Until { get; private set; }

        public bool OnStart(long beginAddress, long endAddress) => true;

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

        public void OnStop(bool completed, long numberOfRecords)
        {
        }

        public void OnException(Exception exception, long numberOfRecords)
        {
        }
    }
}
