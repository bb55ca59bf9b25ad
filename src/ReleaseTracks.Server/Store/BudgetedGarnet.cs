using Garnet;
using Garnet.server;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// Garnet whose memory budget is for data alone. By itself it takes what its index grows by from the budget; with 1,200,000
/// users nothing was left of 24 MB, and it stopped for good, waiting for room.
/// </summary>
internal sealed class BudgetedGarnet(string[] arguments, ILoggerFactory loggers) : GarnetServer(arguments, loggers)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private Timer? looking;

    public void Open()
    {
        Start();
        var sizes = storeWrapper.sizeTracker;
        var budget = sizes.TargetSize - sizes.IndexMemoryChargedToLogBudget;
        looking = new(_ => sizes.TargetSize = budget + sizes.IndexMemoryChargedToLogBudget, null, LookEvery, LookEvery);
    }

    /// <summary>All that is in it, in pages. Blocks.</summary>
    public void Read(Action<IReadOnlyList<StoredKey>> take)
    {
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
