using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Garnet;
using Microsoft.Extensions.Logging.Abstractions;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Server.Tests.Harness;
using Tsavorite.core;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>On a disk that takes its time, or is full.</summary>
public sealed class LogDeviceTests : IDisposable
{
    private const int Sector = 4096;
    private const int Room = 4;
    private const int People = 6_000;
    private static readonly TimeSpan DiskWrite = TimeSpan.FromMilliseconds(5);
    private readonly TemporaryDirectory data = new();
    private readonly ConcurrentQueue<TaskCompletionSource> held = [];
    private readonly CapturedLog log = new();
    private readonly nint memory = Marshal.AllocHGlobal(8 * Room * Sector);

    [Fact]
    public async Task Read_OverlapsWritesThatAreNotDone_GetsWhatTheyWrote()
    {
        using var device = Open();
        var (first, second) = (WriteAsync(device, 1, sectors: 2, at: 0), WriteAsync(device, 2, sectors: 1, at: 2));
        var read = ReadAsync(device, sectors: 2, at: 1);

        Finish();
        await first;
        Assert.False(read.IsCompleted);
        Finish();
        await second;

        Assert.Equal([1, 2], await read);
    }

    [Fact]
    public async Task Write_OverlapsOneThatIsNotDone_ComesAfterIt()
    {
        using var device = Open();
        var first = WriteAsync(device, 1, sectors: 3, at: 0);
        var second = WriteAsync(device, 2, sectors: 1, at: 1);
        Assert.Single(held);

        Finish();
        await first;
        await Eventually.TrueAsync(() => Task.FromResult(held.Count == 1), "the second is begun");
        Finish();
        await second;

        Assert.Equal([1, 2, 1], await ReadAsync(device, sectors: 3, at: 0));
    }

    [Fact]
    public async Task Read_BesideAWriteThatIsNotDone_DoesNotWait()
    {
        using var device = Open();
        var before = WriteAsync(device, 3, sectors: 3, at: 0);
        Finish();
        await before;

        var write = WriteAsync(device, 4, sectors: 1, at: 1);
        Assert.Equal([3], await ReadAsync(device, sectors: 1, at: 0));
        Assert.Equal([3], await ReadAsync(device, sectors: 1, at: 2));

        Finish();
        await write;
    }

    [Fact]
    public async Task Write_Fails_IsTriedAgainUntilItIsThereAndWhatOverlapsWaits()
    {
        using var device = Open();
        var first = WriteAsync(device, 1, sectors: 2, at: 0);
        var read = ReadAsync(device, sectors: 2, at: 0);
        for (var failure = 0; failure < 2; failure++)
        {
            Fail();
            await Eventually.TrueAsync(() => Task.FromResult(held.Count == 1), "it is tried again");
        }

        Assert.False(first.IsCompleted || read.IsCompleted);
        Finish();
        await first;

        Assert.Equal([1, 1], await read);
        Assert.Collection(
            log.Lines,
            line => Assert.Contains("Cannot write to", line, StringComparison.Ordinal),
            line => Assert.Contains("written to again", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GiveUp_AWriteFails_SaysSoAndTriesNothingAgain()
    {
        using var device = Open();
        var (failing, waiting) = (WriteAsync(device, 1, sectors: 2, at: 0), WriteAsync(device, 2, sectors: 1, at: 4));
        Fail();
        var second = Task.Run(
            async () =>
            {
                await Assert.ThrowsAsync<IOException>(() => failing);
                Assert.False(waiting.IsCompleted);
                Fail();
            },
            TestContext.Current.CancellationToken);

        device.GiveUp();
        Assert.True(held.IsEmpty, "it waited for the other one");
        await second;
        await Assert.ThrowsAsync<IOException>(() => waiting);
        Assert.Empty(held);
    }

    /// <summary>Without the order this store answers no more after the first pages.</summary>
    [Fact]
    public async Task Garnet_FlushesAPageInTwoParts_TakesAllThatIsWritten()
    {
        await using var small = new SmallGarnet(data.Path, options =>
        {
            options.DeviceFactoryCreator = new LogDevices(options.DeviceFactoryCreator, log => new LogDevice(new SlowFile(log, () => Task.Delay(DiskWrite, TimeProvider.System)), NullLogger.Instance));
            return new GarnetServer(options, NullLoggerFactory.Instance);
        });
        await using var connection = await small.ConnectAsync();
        var database = connection.GetDatabase();
        var receipt = new byte[2000];
        foreach (var page in Enumerable.Range(0, People).Chunk(1000))
            await Task.WhenAll(page.Select(i => database.ListRightPushAsync($"person:{i}", [i, receipt])));
        foreach (var page in Enumerable.Range(0, People).Chunk(100))
            Assert.Equal(page, (await Task.WhenAll(page.Select(i => database.ListGetByIndexAsync($"person:{i}", 0)))).Select(number => (int)number));
    }

    public void Dispose()
    {
        Marshal.FreeHGlobal(memory);
        data.Dispose();
    }

    private LogDevice Open() => new(
        new SlowFile(GarnetSettings.For(data.Path, 1, "secret").DeviceFactoryCreator.Create(data.Path).Get(new("Store", "hlog")), Hold), log.CreateLogger("log"));

    private Task Hold()
    {
        var write = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        held.Enqueue(write);
        return write.Task;
    }

    private void Finish()
    {
        Assert.True(held.TryDequeue(out var write));
        write.SetResult();
    }

    private void Fail()
    {
        Assert.True(held.TryDequeue(out var write));
        write.SetException(new IOException("No space left on device"));
    }

    private Task WriteAsync(LogDevice device, byte value, int sectors, ulong at)
    {
        Marshal.Copy(Enumerable.Repeat(value, sectors * Sector).ToArray(), 0, Buffer(value), sectors * Sector);
        var done = new TaskCompletionSource();
        device.WriteAsync(Buffer(value), at * Sector, (uint)(sectors * Sector), Answer(done), data);
        return done.Task;
    }

    /// <returns>What each sector is full of.</returns>
    private async Task<IEnumerable<byte>> ReadAsync(LogDevice device, int sectors, ulong at)
    {
        var done = new TaskCompletionSource();
        device.ReadAsync(at * Sector, Buffer(0), (uint)(sectors * Sector), Answer(done), data);
        await done.Task;
        var read = new byte[sectors * Sector];
        Marshal.Copy(Buffer(0), read, 0, read.Length);
        return read.Chunk(Sector).Select(sector => Assert.Single(sector.Distinct()));
    }

    private static DeviceIOCompletionCallback Answer(TaskCompletionSource done) => (error, _, _, exception) =>
    {
        if (error == 0)
            done.SetResult();
        else
            done.SetException(exception ?? new IOException($"{error}"));
    };

    /// <summary>One of each value, aligned as a disk wants it.</summary>
    private nint Buffer(byte value) => ((memory + Sector - 1) & ~(Sector - 1)) + (value * Room * Sector);
}
