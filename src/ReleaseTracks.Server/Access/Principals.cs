using System.Globalization;
using System.Security.Claims;
using ReleaseTracks.Access;

namespace ReleaseTracks.Server.Access;

/// <summary>The signed-in caller, as claims and back as the ledger's actor.</summary>
public static class Principals
{
    /// <summary>Unix seconds of the sign-in; only people who signed in have it.</summary>
    public const string SignedInClaim = "rt:signed-in-at";
    private const string KindClaim = "rt:kind";
    private const string MethodClaim = "rt:method";
    private const string SessionClaim = "rt:session";

    public static ClaimsPrincipal Of(Actor actor, string name, IEnumerable<string> roles, string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new(ClaimTypes.Name, name));
        identity.AddClaim(new(ClaimTypes.NameIdentifier, actor.Id));
        identity.AddClaim(new(KindClaim, actor.Kind));
        identity.AddClaim(new(MethodClaim, actor.Method));
        identity.AddClaims(roles.Select(role => new Claim(ClaimTypes.Role, role)));
        return new(identity);
    }

    public static ClaimsPrincipal Of(Person person, Session session, string scheme)
    {
        var principal = Of(new(ActorKinds.Person, person.Id, session.Method), person.Name, person.Roles, scheme);
        var identity = (ClaimsIdentity)principal.Identity!;
        identity.AddClaim(new(SessionClaim, session.Id));
        identity.AddClaim(new(SignedInClaim, session.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        return principal;
    }

    public static Actor Actor(this ClaimsPrincipal user) => new(
        user.FindFirstValue(KindClaim) ?? ActorKinds.System,
        user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "unknown",
        user.FindFirstValue(MethodClaim) ?? "unknown");

    /// <summary>The session of a person; null for every other caller.</summary>
    public static string? SessionId(this ClaimsPrincipal user) => user.FindFirstValue(SessionClaim);
}
