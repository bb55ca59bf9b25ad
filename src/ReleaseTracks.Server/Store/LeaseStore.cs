using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>Proof of a turn as the one control loop. <see cref="Fence"/> rises with every turn, so a late holder is known.</summary>
public sealed record LeaseToken(string Owner, long Fence)
{
    internal RedisValue Value => $"{Fence}|{Owner}";
}

/// <summary>One control loop at a time. Its writes name their token and are refused once the lease is another's.</summary>
public sealed class LeaseStore(StoreConnection connection)
{
    private const string Acquire = """
        if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
        local fence = redis.call('INCR', KEYS[2])
        redis.call('SET', KEYS[1], string.format('%.0f', fence) .. '|' .. ARGV[1], 'PX', ARGV[2])
        return fence
        """;

    private const string Renew = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('PEXPIRE', KEYS[1], ARGV[2])
        """;

    private const string Release = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        return redis.call('DEL', KEYS[1])
        """;

    /// <summary>Null while somebody holds it, this owner included: renew with the token instead.</summary>
    public async Task<LeaseToken?> TryAcquireAsync(string owner, TimeSpan ttl)
    {
        var fence = (long)await connection.Database.ScriptEvaluateAsync(
            Acquire, [StoreKeys.ControlLease, StoreKeys.ControlFence], [owner, Milliseconds(ttl)]).ConfigureAwait(false);
        return fence == 0 ? null : new LeaseToken(owner, fence);
    }

    /// <summary>False if the lease ran out or is another's; then stop acting.</summary>
    public async Task<bool> RenewAsync(LeaseToken lease, TimeSpan ttl) =>
        (bool)await connection.Database.ScriptEvaluateAsync(
            Renew, [StoreKeys.ControlLease], [lease.Value, Milliseconds(ttl)]).ConfigureAwait(false);

    /// <summary>Whether it still is this turn.</summary>
    public async Task<bool> HoldsAsync(LeaseToken lease) =>
        await connection.Database.StringGetAsync(StoreKeys.ControlLease).ConfigureAwait(false) == lease.Value;

    /// <summary>How long whoever holds it still may; null when nobody does.</summary>
    public async Task<TimeSpan?> RemainingAsync() =>
        await connection.Database.KeyTimeToLiveAsync(StoreKeys.ControlLease).ConfigureAwait(false);

    public async Task<bool> ReleaseAsync(LeaseToken lease) =>
        (bool)await connection.Database.ScriptEvaluateAsync(
            Release, [StoreKeys.ControlLease], [lease.Value]).ConfigureAwait(false);

    private static long Milliseconds(TimeSpan ttl) => Math.Max(1, (long)ttl.TotalMilliseconds);
}
