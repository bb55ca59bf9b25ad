using System.Collections.Immutable;
using System.Threading.Channels;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Tracks;

namespace ReleaseTracks.Server.Components;

/// <summary>
/// Tells every open page to draw itself anew: at once when something changed, at most four times a second, and at
/// least every few seconds, because data that nobody renews must be seen to age. One for all viewers, so that what
/// they share is read once.
/// </summary>
public sealed partial class LiveUpdates : BackgroundService
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly BudgetBoard board;
    private readonly EnrolledCounts enrolled;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly IDisposable snapshots;
    private ImmutableList<Func<Task>> viewers = [];

    public LiveUpdates(SnapshotHolder snapshots, BudgetBoard board, EnrolledCounts enrolled, TimeProvider time, ILogger<LiveUpdates> logger)
    {
        (this.board, this.enrolled, this.time, this.logger) = (board, enrolled, time, logger);
        this.snapshots = snapshots.Subscribe(_ => Signal());
        board.Changed += Signal;
    }

    /// <summary>Calls <paramref name="changed"/> until the subscription is disposed.</summary>
    public IDisposable Subscribe(Func<Task> changed)
    {
        ImmutableInterlocked.Update(ref viewers, (list, added) => list.Add(added), changed);
        Signal();
        return new Subscription(this, changed);
    }

    public override void Dispose()
    {
        board.Changed -= Signal;
        snapshots.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ageing = time.CreateTimer(_ => Signal(), null, Longest, Longest);
        try
        {
            while (await signals.Reader.WaitToReadAsync(stoppingToken))
            {
                signals.Reader.TryRead(out _);
                if (viewers.IsEmpty)
                    continue;
                await enrolled.RefreshAsync();
                foreach (var viewer in viewers)
                    await TellAsync(viewer);
                await Task.Delay(Shortest, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private async Task TellAsync(Func<Task> viewer)
    {
        try
        {
            await viewer();
        }
        catch (Exception failed)
        {
            // A page that is being closed, or that failed to draw, must not keep the others from the news.
            Log.ViewerFailed(logger, failed);
        }
    }

    private void Signal() => signals.Writer.TryWrite(true);

    private sealed class Subscription(LiveUpdates updates, Func<Task> viewer) : IDisposable
    {
        public void Dispose() => ImmutableInterlocked.Update(ref updates.viewers, (list, gone) => list.Remove(gone), viewer);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A page did not take its update")]
        public static partial void ViewerFailed(ILogger logger, Exception cause);
    }
}
