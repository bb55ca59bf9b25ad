using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Access;

/// <summary>What must hold whoever changes people.</summary>
public static class PeopleRules
{
    /// <summary>The person whom the console's one-time link signs in.</summary>
    public const string Owner = "owner";

    /// <summary>Without this person's admin role nobody would be left who can invite anybody.</summary>
    public static bool IsLastAdmin(Snapshot state, Person person) =>
        person.Has(Roles.Admin) && !state.People.Values.Any(other => other.Id != person.Id && other.Has(Roles.Admin));

    /// <summary>Whose invitation this is, if it is still good.</summary>
    public static Person? FindInvited(Snapshot state, string invitationHash, DateTimeOffset now) => state.People.Values.FirstOrDefault(person =>
        person is { IsActive: true, InvitationExpiresAt: { } until } && person.Invitation == invitationHash && now < until);

    /// <summary>Null when the session ended, whatever ended it.</summary>
    public static Session? FindSession(Snapshot state, string person, string session, TimeSpan lifetime, DateTimeOffset now) =>
        state.People.TryGetValue(person, out var found) && found.IsActive && found.FindSession(session) is { } good && now - good.At < lifetime ? good : null;
}
