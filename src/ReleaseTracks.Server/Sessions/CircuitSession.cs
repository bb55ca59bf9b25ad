using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// Who looks at an open page. A page is authorised when it is opened and then stays open for hours; this tells it at
/// once when the session ended or its roles changed.
/// </summary>
public sealed class CircuitSession : ServerAuthenticationStateProvider, IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private readonly Lock gate = new();
    private readonly PersonSessions sessions;
    private readonly IDisposable subscription;
    private readonly ITimer ageing;
    private ClaimsPrincipal? current;
    private Snapshot seen;

    public CircuitSession(SnapshotHolder snapshots, PersonSessions sessions, TimeProvider time)
    {
        this.sessions = sessions;
        seen = snapshots.Current;
        AuthenticationStateChanged += Remember;
        subscription = snapshots.Subscribe(OnSnapshot);
        // Sessions also end by themselves, without any entry.
        ageing = time.CreateTimer(_ => Check(), null, LookEvery, LookEvery);
    }

    public void Dispose()
    {
        subscription.Dispose();
        ageing.Dispose();
        AuthenticationStateChanged -= Remember;
    }

    private void Remember(Task<AuthenticationState> state)
    {
        // Set from a finished request or from here: it is known already.
        if (!state.IsCompletedSuccessfully)
            return;
        current = state.GetAwaiter().GetResult().User;
        // What ended between that request and now was published while nobody was known here.
        _ = Task.Run(Check);
    }

    private void OnSnapshot(Snapshot next)
    {
        var moved = !ReferenceEquals(next.People, seen.People);
        seen = next;
        // Elsewhere: whoever publishes must not wait for pages to be drawn.
        if (moved)
            _ = Task.Run(Check);
    }

    private void Check()
    {
        lock (gate)
        {
            if (current is not { } user || user.SessionId() is null)
                return;
            var now = sessions.Find(user) ?? new ClaimsPrincipal(new ClaimsIdentity());
            if (!IsSame(user, now))
                SetAuthenticationState(Task.FromResult(new AuthenticationState(now)));
        }
    }

    private static bool IsSame(ClaimsPrincipal one, ClaimsPrincipal other) =>
        one.Identity?.Name == other.Identity?.Name && Roles(one).SequenceEqual(Roles(other), StringComparer.Ordinal);

    private static IEnumerable<string> Roles(ClaimsPrincipal user) => user.FindAll(ClaimTypes.Role).Select(claim => claim.Value);
}
