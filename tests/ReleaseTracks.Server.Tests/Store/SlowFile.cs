using Tsavorite.core;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>
/// On a disk that takes its time to write, or cannot: what is read meanwhile is what was there before. A write fails when what it waits for does.
/// </summary>
internal sealed class SlowFile(IDevice file, Func<Task> untilWritten) : StorageDeviceBase(file.FileName, file.SectorSize, file.Capacity)
{
    public override void Initialize(long segmentSize, LightEpoch? epoch = null, bool omitSegmentIdFromFilename = false)
    {
        base.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
        file.Initialize(segmentSize, epoch, omitSegmentIdFromFilename);
    }

    public override async void WriteAsync(
        nint sourceAddress, int segmentId, ulong destinationAddress, uint numBytesToWrite, DeviceIOCompletionCallback callback, object context)
    {
        try
        {
            await untilWritten();
        }
        catch (IOException full)
        {
            callback(28, 0, context, full);
            return;
        }

        file.WriteAsync(sourceAddress, segmentId, destinationAddress, numBytesToWrite, callback, context);
    }

    public override void ReadAsync(
        int segmentId, ulong sourceAddress, nint destinationAddress, uint readLength, DeviceIOCompletionCallback callback, object context) =>
        file.ReadAsync(segmentId, sourceAddress, destinationAddress, readLength, callback, context);

    public override void RemoveSegmentAsync(int segment, AsyncCallback callback, IAsyncResult result) => file.RemoveSegmentAsync(segment, callback, result);

    public override void Reset() => file.Reset();

    public override void Dispose() => file.Dispose();
}
