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
    private ImmutableList<Viewer> viewers = [];

    public LiveUpdates(SnapshotHolder snapshots, BudgetBoard board, EnrolledCounts enrolled, TimeProvider time, ILogger<LiveUpdates> logger)
    {
        (this.board, this.enrolled, this.time, this.logger) = (board, enrolled, time, logger);
        this.snapshots = snapshots.Subscribe(_ => Signal());
        board.Changed += Signal;
    }

    /// <summary>Calls <paramref name="changed"/> until the subscription is disposed.</summary>
    public IDisposable Subscribe(Func<Task> changed)
    {
        var viewer = new Viewer(this, changed);
        ImmutableInterlocked.Update(ref viewers, (list, added) => list.Add(added), viewer);
        Signal();
        return viewer;
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
                // On every core, and nobody waits for a page that is slow.
                foreach (var viewer in viewers)
                    _ = Task.Run(viewer.TellAsync, stoppingToken);
                await Task.Delay(Shortest, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private void Signal() => signals.Writer.TryWrite(true);

    /// <summary>One page. It is told once at a time; what came meanwhile is one more time, not many.</summary>
    private sealed class Viewer(LiveUpdates updates, Func<Task> changed) : IDisposable
    {
        private const int Idle = 0;
        private const int Telling = 1;
        private const int TellingAndDue = 2;
        private int state;

        public void Dispose() => ImmutableInterlocked.Update(ref updates.viewers, (list, gone) => list.Remove(gone), this);

        public async Task TellAsync()
        {
            if (Interlocked.CompareExchange(ref state, Telling, Idle) != Idle)
            {
                Interlocked.CompareExchange(ref state, TellingAndDue, Telling);
                return;
            }

            try
            {
                await changed();
            }
            catch (Exception failed)
            {
                // A page that is being closed, or that failed to draw, must not keep the others from the news.
                Log.ViewerFailed(updates.logger, failed);
            }

            if (Interlocked.Exchange(ref state, Idle) == TellingAndDue)
                updates.Signal();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "A page did not take its update")]
        public static partial void ViewerFailed(ILogger logger, Exception cause);
    }
}
