using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// A file of Garnet's log, or of the objects in it, without two ways in which Garnet (2.2.8) breaks its store.
/// Whatever overlaps a write waits until that is done: when what is in memory is less than a page of its log, Garnet flushes that page in two
/// parts, and reads back the sector in which they meet while the first is still being written. Where nothing is yet, the second has failed, and
/// the store takes no more writes for as long as it runs; over something older it would be wrong.
/// And a write that fails, as on a full disk, is tried again until it succeeds: Garnet takes a page for written whose objects were not, its next
/// checkpoint too, and all that was in them is gone; or it waits for ever for the page.
/// </summary>
/// <param name="device">Makes no promise about which of two requests comes first. Reports every failure to the callback.</param>
/// <param name="logger">Told once that it cannot be written to, and that it can again.</param>
internal sealed partial class LogDevice(IDevice device, ILogger logger) : StorageDeviceBase(device.FileName, device.SectorSize, device.Capacity)
{
    private static readonly TimeSpan RetryEvery = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly List<Write> unfinished = [];
    private readonly TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool failing;

    public override void Initialize(long segmentSize, LightEpoch? epoch = null, bool omitSegmentIdFromFilename = false)
    {
        base.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
        device.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
    }

    public override void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        var write = new Write(segmentId, destinationAddress, numBytesToWrite);
        Task[] before;
        lock (gate)
        {
            before = Overlapped(write);
            unfinished.Add(write);
        }

        After(before, Issue);

        void Issue() => device.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite, Answered, context);

        void Answered(uint errorCode, uint numBytes, object context, Exception ioException)
        {
            Tell(errorCode != 0, ioException);
            if (errorCode == 0 || givenUp.Task.IsCompleted)
                Done(errorCode, numBytes, context, ioException);
            else
                _ = AgainAsync(errorCode, context, ioException);
        }

        async Task AgainAsync(uint errorCode, object context, Exception ioException)
        {
            await Task.WhenAny(givenUp.Task, Task.Delay(RetryEvery, TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
            if (givenUp.Task.IsCompleted)
                Done(errorCode, 0, context, ioException);
            else
                Issue();
        }

        void Done(uint errorCode, uint numBytes, object context, Exception ioException)
        {
            lock (gate)
                unfinished.Remove(write);
            write.Done.SetResult();
            callback(errorCode, numBytes, context, ioException);
        }
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context)
    {
        Task[] before;
        lock (gate)
            before = Overlapped(new(segmentId, sourceAddress, readLength));
        After(before, () => device.ReadAsync(segmentId, sourceAddress, destinationAddress, readLength, callback, context));
    }

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => device.RemoveSegmentAsync(segment, callback, result);

    public override void RemoveSegment(int segment) => device.RemoveSegment(segment);

    public override long GetFileSize(int segment) => device.GetFileSize(segment);

    public override bool Throttle() => device.Throttle();

    public override bool TryComplete() => device.TryComplete();

    /// <summary>Before the memory is freed that is being written from: tries nothing again, and waits for what is under way.</summary>
    public void GiveUp()
    {
        givenUp.TrySetResult();
        Drain();
    }

    public override void Reset()
    {
        Drain();
        device.Reset();
    }

    public override void Dispose()
    {
        GiveUp();
        device.Dispose();
    }

    private static void After(Task[] before, Action issue)
    {
        if (before.Length == 0)
            issue();
        else
            Task.WhenAll(before).ContinueWith(_ => issue(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    private Task[] Overlapped(Write request) =>
        unfinished.Count == 0 ? [] : [.. unfinished.Where(request.Overlaps).Select(write => write.Done.Task)];

    private void Drain()
    {
        Task[] all;
        lock (gate)
            all = [.. unfinished.Select(write => write.Done.Task)];
        Task.WaitAll(all, LongestDrain);
    }

    private void Tell(bool fails, Exception? cause)
    {
        if (Interlocked.Exchange(ref failing, fails) == fails)
            return;
        if (fails)
            Log.Fails(logger, FileName, cause);
        else
            Log.Goes(logger, FileName);
    }

    private sealed record Write(int Segment, ulong From, uint Length)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Overlaps(Write other) => Segment == other.Segment && From < other.From + other.Length && other.From < From + Length;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "Cannot write to {File}; trying on")]
        public static partial void Fails(ILogger logger, string file, Exception? cause);

        [LoggerMessage(LogLevel.Information, "{File} is written to again")]
        public static partial void Goes(ILogger logger, string file);
    }
}
