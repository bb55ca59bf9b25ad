using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// The one-time links on the console. Only hashes are kept, and a used link is worthless. They live in this process: whoever
/// can read its console and start it anew may get in again, which is how a lost owner gets back.
/// </summary>
public sealed class SignInLinks
{
    private readonly Lock gate = new();
    private readonly HashSet<string> open = new(StringComparer.Ordinal);

    public string Create()
    {
        var token = Secrets.New();
        lock (gate)
            open.Add(Secrets.Hash(token));
        return $"{Urls.SignIn}/{token}";
    }

    public bool Use(string token)
    {
        lock (gate)
            return open.Remove(Secrets.Hash(token));
    }

    /// <summary>Signing in did not work out though the link was good: it is good again.</summary>
    public void Return(string token)
    {
        lock (gate)
            open.Add(Secrets.Hash(token));
    }
}
