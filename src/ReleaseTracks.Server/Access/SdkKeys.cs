using ReleaseTracks.Access;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Access;

/// <summary>SDK keys are <c>rtk_{id}_{secret}</c>: the id is public and finds the key, the rest is compared as SHA-256.</summary>
public static class SdkKeys
{
    public const string Kind = "sdk";
    private const string Prefix = "rtk_";
    private const int IdLength = 16;

    /// <summary>A new key and its secret, which is not kept anywhere.</summary>
    public static (ApiKey Key, string Secret) Create(string name, DateTimeOffset now)
    {
        var id = Secrets.Id("");
        var secret = NewSecret(id);
        return (new(id, name, Kind, $"{Prefix}{id}", Secrets.Hash(secret), now), secret);
    }

    public static string NewSecret(string id) => $"{Prefix}{id}_{Secrets.New()}";

    /// <summary>The key of a token, and until when the token works if it is the one before a rotation.</summary>
    public static (ApiKey Key, DateTimeOffset? Until)? Find(Snapshot state, string token, DateTimeOffset now)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) || token.Length < Prefix.Length + IdLength)
            return null;
        if (!state.Keys.TryGetValue(token.Substring(Prefix.Length, IdLength), out var key) || !key.IsActive)
            return null;
        if (Secrets.MatchesHash(token, key.Hash))
            return (key, null);
        return key is { PreviousHash: { } previous, PreviousUntil: { } until } && now < until && Secrets.MatchesHash(token, previous) ? (key, until) : null;
    }
}
