using Tsavorite.core;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// A file in which whatever overlaps a write waits until that is done. When what is in memory is less than a page of its log, Garnet (2.2.8)
/// flushes that page in two parts, and reads back the sector in which they meet while the first is still being written. Where nothing is
/// yet, the second has failed, and the store takes no more writes for as long as it runs; over something older it would be wrong.
/// </summary>
/// <param name="device">Makes no promise about which of two requests comes first. Reports every failure to the callback.</param>
internal sealed class OrderedDevice(IDevice device) : StorageDeviceBase(device.FileName, device.SectorSize, device.Capacity)
{
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(5);
    private readonly Lock gate = new();
    private readonly List<Write> unfinished = [];

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

        After(before, () => device.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite, Done, context));

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

    public override void Reset()
    {
        Drain();
        device.Reset();
    }

    public override void Dispose()
    {
        Drain();
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

    private sealed record Write(int Segment, ulong From, uint Length)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Overlaps(Write other) => Segment == other.Segment && From < other.From + other.Length && other.From < From + Length;
    }
}
