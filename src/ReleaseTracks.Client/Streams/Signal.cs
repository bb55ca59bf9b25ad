using System.Threading.Channels;

namespace ReleaseTracks.Client.Streams;

/// <summary>Wakes one waiter; given several times before it waits, it wakes it once.</summary>
internal sealed class Signal(TimeProvider time)
{
    private readonly Channel<bool> given = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Give() => given.Writer.TryWrite(true);

    /// <returns>False if the time ran out.</returns>
    public async Task<bool> WaitAsync(TimeSpan most, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            return await given.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
