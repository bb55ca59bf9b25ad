using ReleaseTracks.Access;
using ReleaseTracks.Server.Access;

namespace ReleaseTracks.Server.Me;

/// <summary>Whose page it is, and how that is known: by a ticket of the product, or by the session of the console.</summary>
public sealed record MePerson(string User, string? Organisation, string? Ticket, Actor Actor)
{
    private const int LongestUser = 256;

    /// <summary>A ticket that is there decides alone: a session must not stand in for one that has run out.</summary>
    /// <returns>Null if nobody is known to be here.</returns>
    public static async ValueTask<MePerson?> FindAsync(HttpContext http, MeTickets tickets, string? user, string? organisation, string? ticket)
    {
        if (ticket is { Length: > 0 })
        {
            var named = organisation is { Length: > 0 } ? organisation : null;
            return user is { Length: > 0 and <= LongestUser } && await tickets.IsGoodAsync(ticket, user, named, http.RequestAborted)
                ? new(user, named, ticket, new(ActorKinds.User, user, "me-ticket"))
                : null;
        }

        return Policies.RolesOf[Policies.View].Any(http.User.IsInRole) && http.User.Actor() is var actor
            ? new(actor.Id, null, null, actor)
            : null;
    }

    /// <summary>The page again, after something was done on it.</summary>
    public string UrlAfter(string outcome) => Components.Urls.MeAfter(User, Organisation, Ticket, outcome);
}
