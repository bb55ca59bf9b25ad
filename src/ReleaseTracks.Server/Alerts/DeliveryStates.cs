using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Alerts;

/// <summary>How delivery stands, for people who look: read at most once a second however many there are.</summary>
public sealed class DeliveryStates(AlertStore store, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private Task<IReadOnlyDictionary<string, byte[]>>? last;
    private long readAt;

    /// <exception cref="StackExchange.Redis.RedisException">The store did not answer whoever asked for all.</exception>
    public Task<IReadOnlyDictionary<string, byte[]>> ReadAsync()
    {
        lock (gate)
        {
            if (last is null || (last.IsCompleted && time.GetElapsedTime(readAt) >= Lifetime))
                (last, readAt) = (store.ReadAllAsync(), time.GetTimestamp());
            return last;
        }
    }
}
