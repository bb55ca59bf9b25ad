using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Access;

/// <summary>Who a token stands for.</summary>
public sealed record TokenCaller(Actor Actor, string Name, IReadOnlyList<string> Roles)
{
    /// <summary>When the token stops working by itself; null: it does not.</summary>
    public DateTimeOffset? Until { get; init; }

    public bool MayEvaluate { get; } = Roles.Any(Policies.RolesOf[Policies.Evaluate].Contains);
}

/// <summary>
/// From tokens to callers: the bootstrap token, and SDK keys looked up by their public id in the current snapshot. What
/// was verified is remembered until the keys change, so a busy caller is not hashed with every request, and a revoked
/// key still stops working with the revision that revokes it. Only tokens that were right are remembered, so there are
/// never more than keys.
/// </summary>
public sealed class TokenCallers(IOptions<AccessOptions> access, SnapshotHolder snapshots, KeyUse use, TimeProvider time)
{
    private const string Bearer = "Bearer ";
    private static readonly TokenCaller Bootstrap = new(new(ActorKinds.Bootstrap, "bootstrap", "token"), "bootstrap", Roles.All);
    private static readonly TokenCaller Scraper = new(new(ActorKinds.System, "metrics", "token"), "metrics", [Roles.Metrics]);
    private volatile Verified verified = new(ImmutableDictionary<string, ApiKey>.Empty);

    /// <summary>The token of a request; empty if it has none. OFREP's <c>X-API-Key</c> is read as well.</summary>
    public static ReadOnlySpan<char> TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? header.AsSpan(Bearer.Length).Trim()
            : request.Headers["X-API-Key"].ToString();
    }

    /// <returns>Null if the token is not known, or was revoked.</returns>
    public TokenCaller? Find(ReadOnlySpan<char> token)
    {
        var state = snapshots.Current;
        var known = verified;
        // What does not change from one snapshot to the next is the same object.
        if (!ReferenceEquals(known.Keys, state.Keys))
            verified = known = new(state.Keys);
        if (!known.Callers.TryGetValue(token, out var caller))
        {
            caller = Verify(token.ToString(), state);
            if (caller is null)
                return null;
            known.Callers.TryAdd(token, caller);
        }

        if (caller.Until is { } until && time.GetUtcNow() >= until)
            return null;
        if (caller.Actor.Kind == ActorKinds.Sdk)
            use.Saw(caller.Actor.Id);
        return caller;
    }

    private TokenCaller? Verify(string token, Snapshot state)
    {
        if (access.Value.BootstrapToken is { Length: > 0 } bootstrap && Secrets.Same(token, bootstrap))
            return Bootstrap;
        if (access.Value.MetricsToken is { Length: > 0 } scraper && Secrets.Same(token, scraper))
            return Scraper;
        return SdkKeys.Find(state, token, time.GetUtcNow()) is var (key, until)
            ? new(new(ActorKinds.Sdk, key.Id, "key"), key.Name, [Roles.Sdk]) { Until = until }
            : null;
    }

    private sealed class Verified(ImmutableDictionary<string, ApiKey> keys)
    {
        public ImmutableDictionary<string, ApiKey> Keys => keys;

        public ConcurrentDictionary<string, TokenCaller>.AlternateLookup<ReadOnlySpan<char>> Callers { get; } =
            new ConcurrentDictionary<string, TokenCaller>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
