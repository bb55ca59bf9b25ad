using Garnet;
using Garnet.server;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Garnet whose memory budget is for data alone. By itself it takes what its index grows by from the budget; with 1,200,000
/// users nothing was left of 24 MB, and it stopped for good, waiting for room.
/// </summary>
internal sealed class BudgetedGarnet(GarnetServerOptions options, ILoggerFactory loggers) : GarnetServer(options, loggers)
{
    private const long Megabyte = 1024 * 1024;
    private const long ReadingMegabytes = 64 * 1024;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private Timer? looking;
    private long budget;
    private bool reading;

    /// <param name="megabytes">The budget from soon after it has recovered, for which it may have needed more.</param>
    public void Open(long megabytes)
    {
        Start();
        budget = megabytes * Megabyte;
        looking = new(_ => KeepToBudget(), null, LookEvery, LookEvery);
    }

    /// <summary>Now and not only soon, since nobody is going to <see cref="Read"/> it.</summary>
    public void KeepToBudget()
    {
        var sizes = storeWrapper.sizeTracker;
        lock (sizes)
            sizes.TargetSize = reading ? ReadingMegabytes * Megabyte : budget + sizes.IndexMemoryChargedToLogBudget;
    }

    /// <summary>
    /// All that is in it, in pages. Blocks. For whoever opened it for that: until it is closed it pushes nothing more out of memory,
    /// since the answer of a page that was read just then once never came (2.2.8).
    /// </summary>
    public void Read(Action<IReadOnlyList<StoredKey>> take)
    {
        lock (storeWrapper.sizeTracker)
        {
            reading = true;
            storeWrapper.sizeTracker.TargetSize = ReadingMegabytes * Megabyte;
        }

        using var session = new LocalServerSession(storeWrapper);
        var contents = new GarnetContents(take);
        long cursor = 0;
        session.BasicGarnetApi.IterateStore(ref contents, ref cursor);
        contents.End();
    }

    /// <summary>May take for ever when it has stopped answering.</summary>
    public void Close()
    {
        using var looked = new ManualResetEvent(false);
        if (looking?.Dispose(looked) == true)
            looked.WaitOne();
        Dispose();
    }
}
