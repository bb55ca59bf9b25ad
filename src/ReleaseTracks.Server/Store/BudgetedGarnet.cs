using Garnet;
using Garnet.networking;
using Garnet.server;
using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Garnet that executes one batch of commands at a time, and between two of them makes room and takes its checkpoints. By itself it does both on
/// threads of its own, which copy a page while commands change what is on it: an object they meet half cleared ends the process (2.2.8). Its budget
/// is for data alone: by itself it takes what its index grows by from it, until nothing is left, and stops for good.
/// </summary>
internal sealed partial class BudgetedGarnet : GarnetServer, IDisposable
{
    public const long LeastMegabytes = 16;
    private const long Megabyte = 1024 * 1024;
    private const long NeverMegabytes = 64 * 1024;
    private const long LongLog = 16 * Megabyte;
    private static readonly TimeSpan LongestBatch = TimeSpan.FromSeconds(30);
    private readonly ILogger logger;
    private readonly List<LogDevice> files;
    private readonly string directory;
    private readonly long least;
    private readonly Lock gate = new();
    private long checkpointAt = LongLog;
    private long evicting;
    private bool still;

    /// <param name="options">Of <see cref="GarnetSettings"/>.</param>
    /// <param name="loggers">What Garnet logs goes here.</param>
    /// <param name="megabytes">The memory for data, unless one object takes much of it. What it recovers may be more, until the first command.</param>
    public BudgetedGarnet(GarnetServerOptions options, ILoggerFactory loggers, long megabytes = LeastMegabytes)
        : this(options, loggers, megabytes, [], loggers.CreateLogger<BudgetedGarnet>())
    {
    }

    private BudgetedGarnet(GarnetServerOptions options, ILoggerFactory loggers, long megabytes, List<LogDevice> files, ILogger logger)
        : base(Through(files, options, logger), loggers)
    {
        this.logger = logger;
        this.files = files;
        directory = options.LogDir;
        Budget = least = megabytes * Megabyte;
        storeWrapper.sizeTracker.TargetSize = NeverMegabytes * Megabyte;
        foreach (var server in storeWrapper.Servers)
        {
            server.Unregister(WireFormat.ASCII, out var sessions);
            server.Register(WireFormat.ASCII, new OneAtATime(sessions, gate, Between));
        }
    }

    /// <summary>What its data takes in memory.</summary>
    public long Bytes => storeWrapper.store.Log.LogSizeTracker.TotalSize;

    /// <summary>
    /// What it may take: half of what it was given, and one and a half times the largest object in memory, which is the ledger; it is one list,
    /// must fit, and grows.
    /// </summary>
    public long Budget { get; private set; }

    /// <summary>What was logged since the last checkpoint. The log's files begin before that.</summary>
    public long LogBytes => storeWrapper.appendOnlyFile.TotalSize();

    /// <summary>
    /// Whether pages that were read for the index alone are still in memory. They count as data, and when the log comes to them they are used as they
    /// are: what is left in them is taken for records, and ends the process (2.2.8).
    /// </summary>
    public bool HasRemains
    {
        get
        {
            // Its own are those that hold data, and the next one.
            var log = storeWrapper.store.Log;
            return log.AllocatedPageCount > (log.TailAddress / log.PageSizeBytes) - (log.HeadAddress / log.PageSizeBytes) + 2;
        }
    }

    /// <summary>
    /// Whether the disk takes all that is in memory. Garnet does not get over a disk that is full for its tier or a checkpoint (2.2.8); over one that
    /// is full for its log it does, when it is opened again.
    /// </summary>
    private bool HasRoom
    {
        get
        {
            try
            {
                return new DriveInfo(directory).AvailableFreeSpace > Bytes + storeWrapper.store.IndexTotalSizeBytes + Megabyte;
            }
            catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return true;
            }
        }
    }

    /// <summary>So that the next start is short; unless the disk is too full for one. Blocks, and so does every command.</summary>
    public void Checkpoint()
    {
        lock (gate)
        {
            if (HasRoom)
                storeWrapper.TakeCheckpointAsync(background: false).GetAwaiter().GetResult();
            else
                Log.NoRoom(logger, directory);
            // One that failed is not tried again at once.
            checkpointAt = LogBytes + LongLog;
        }
    }

    /// <summary>After what is on its way to disk, whose memory Garnet by itself frees while it is being written (2.2.8).</summary>
    public new void Dispose()
    {
        if (gate.TryEnter(LongestBatch))
        {
            still = true;
            gate.Exit();
            files.ForEach(file => file.GiveUp());
        }

        base.Dispose();
    }

    /// <summary>
    /// All that is in it, in pages. Blocks. For whoever opened it for that: from now on it pushes nothing more out of memory, since the answer of a
    /// page that was read just then once never came (2.2.8).
    /// </summary>
    public void Read(Action<IReadOnlyList<StoredKey>> take)
    {
        lock (gate)
            still = true;
        using var session = new LocalServerSession(storeWrapper);
        var contents = new GarnetContents(take);
        long cursor = 0;
        session.BasicGarnetApi.IterateStore(ref contents, ref cursor);
        contents.End();
    }

    private void Between()
    {
        if (still)
            return;
        if (LogBytes > checkpointAt)
            Checkpoint();
        KeepToBudget();
    }

    /// <summary>What is to go is written first, and goes when that is done; nobody waits for it.</summary>
    private void KeepToBudget()
    {
        var store = storeWrapper.store.Log;
        if (evicting > store.HeadAddress)
        {
            if (store.FlushedUntilAddress >= evicting)
                store.ShiftHeadAddress(evicting, wait: false);
            return;
        }

        if (Bytes <= Budget)
            return;
        var largest = new LargestObject();
        store.Scan(ref largest, store.HeadAddress, store.TailAddress, DiskScanBufferingMode.NoBuffering);
        Budget = Math.Max(least, (least / 2) + (3 * largest.Bytes / 2));
        if (Bytes <= Budget || !HasRoom)
            return;
        var oldest = new OldestRecords(Bytes - Budget + (Budget / 8), store.HeadAddress, store.PageSizeBytes);
        store.Scan(ref oldest, store.HeadAddress, store.TailAddress - LogSizeTracker.MinEvictionHeadAddressLag, DiskScanBufferingMode.NoBuffering);
        evicting = oldest.Until;
        store.ShiftReadOnlyAddress(evicting, wait: false);
    }

    private static GarnetServerOptions Through(List<LogDevice> files, GarnetServerOptions options, ILogger logger)
    {
        options.DeviceFactoryCreator = new LogDevices(options.DeviceFactoryCreator, log =>
        {
            files.Add(new(log, logger));
            return files[^1];
        });
        return options;
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

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The disk of {Directory} is too full for a checkpoint, so the log goes on growing: make room on it")]
        public static partial void NoRoom(ILogger logger, string directory);
    }
}
