using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;

namespace ReleaseTracks.Server.Access;

/// <summary>A key with a secret that is shown once and kept nowhere.</summary>
public sealed record NewSecret(ApiKey Key, string Secret);

/// <summary>Creates, rotates and revokes keys. What it says is decided on the newest snapshot, under the append.</summary>
public sealed class KeyService(LedgerService ledger, TimeProvider time)
{
    /// <summary>How long the secret before a rotation still works, unless said otherwise.</summary>
    public static readonly TimeSpan UsualOverlap = TimeSpan.FromHours(24);

    public async Task<NewSecret> CreateAsync(string name, Actor actor, CancellationToken cancel)
    {
        var (key, secret) = SdkKeys.Create(name, time.GetUtcNow());
        await ledger.AppendAsync(
            actor,
            _ => new(EntryTypes.KeyCreated, Json.Object(json =>
            {
                json.WriteString("id", key.Id);
                json.WriteString("name", key.Name);
                json.WriteString("kind", key.Kind);
                json.WriteString("prefix", key.Prefix);
                json.WriteString("sha256", key.Hash);
            })),
            cancel);
        return new(key, secret);
    }

    /// <returns>Null if there is no such key, or it is revoked.</returns>
    public async Task<NewSecret?> RotateAsync(string id, TimeSpan overlap, Actor actor, CancellationToken cancel)
    {
        var secret = SdkKeys.NewSecret(id);
        var appended = await ledger.AppendAsync(
            actor,
            state => state.Keys.TryGetValue(id, out var key) && key.IsActive
                ? new(EntryTypes.KeyRotated, Json.Object(json =>
                {
                    json.WriteString("id", id);
                    json.WriteString("sha256", Secrets.Hash(secret));
                    json.WriteString("previousUntil", Json.Time(time.GetUtcNow() + overlap));
                }))
                : null,
            cancel);
        return appended.Entry is null ? null : new(appended.Snapshot.Keys[id], secret);
    }

    /// <summary>At once, and idempotent.</summary>
    /// <returns>False if there is no such key.</returns>
    public async Task<bool> RevokeAsync(string id, Actor actor, CancellationToken cancel)
    {
        var appended = await ledger.AppendAsync(
            actor,
            state => state.Keys.TryGetValue(id, out var key) && key.IsActive
                ? new(EntryTypes.KeyRevoked, Json.Object(json => json.WriteString("id", id)))
                : null,
            cancel);
        return appended.Snapshot.Keys.ContainsKey(id);
    }
}
