using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>How far each destination has heard, one field each. Only whoever holds the control lease may write it.</summary>
public sealed class AlertStore(StoreConnection connection)
{
    private const string Set = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
        return 1
        """;

    private const string Delete = """
        if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
        redis.call('HDEL', KEYS[2], ARGV[2])
        return 1
        """;

    public async Task<byte[]?> ReadAsync(string destination) =>
        (byte[]?)await connection.Database.HashGetAsync(StoreKeys.Alerts, destination).ConfigureAwait(false);

    public async Task<IReadOnlyDictionary<string, byte[]>> ReadAllAsync() =>
        (await connection.Database.HashGetAllAsync(StoreKeys.Alerts).ConfigureAwait(false))
            .ToDictionary(entry => entry.Name.ToString(), entry => (byte[])entry.Value!, StringComparer.Ordinal);

    /// <returns>False if the lease is another's by now; nothing was written then.</returns>
    public async Task<bool> WriteAsync(LeaseToken lease, string destination, byte[] state) =>
        (bool)await connection.Database.ScriptEvaluateAsync(
            Set, [StoreKeys.ControlLease, StoreKeys.Alerts], [lease.Value, destination, state]).ConfigureAwait(false);

    public async Task<bool> ForgetAsync(LeaseToken lease, string destination) =>
        (bool)await connection.Database.ScriptEvaluateAsync(
            Delete, [StoreKeys.ControlLease, StoreKeys.Alerts], [lease.Value, destination]).ConfigureAwait(false);
}
