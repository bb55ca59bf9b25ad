using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Snapshots;

/// <summary>The entries about keys, people and their sessions; part of <see cref="SnapshotFold"/>.</summary>
internal static class AccessFold
{
    private const int HashLength = 64;

    /// <returns>Null if the entry is about something else.</returns>
    public static Snapshot? Apply(Snapshot state, JsonInput data, LedgerEntry entry) => entry.Type switch
    {
        EntryTypes.KeyCreated => CreateKey(state, data, entry),
        EntryTypes.KeyRotated => ChangeKey(state, data, key => key with
        {
            PreviousHash = key.Hash,
            PreviousUntil = Time(data.Member("previousUntil")),
            Hash = data.Member("sha256").RequiredString(HashLength),
            RotatedAt = entry.At,
        }),
        EntryTypes.KeyRevoked => ChangeKey(state, data, key => key with { RevokedAt = key.RevokedAt ?? entry.At }),
        EntryTypes.PersonInvited => SetPerson(state, Described(state, data, entry) with
        {
            Invitation = data.Member("sha256").RequiredString(HashLength),
            InvitationExpiresAt = Time(data.Member("expiresAt")),
        }),
        EntryTypes.PersonAdded => SetPerson(state, Described(state, data, entry) with { Issuer = data.Member("issuer").OptionalString(2000) }),
        EntryTypes.PersonChanged => SetPerson(state, Described(state, data, entry) with { RemovedAt = null }),
        EntryTypes.PersonRemoved => ChangePerson(state, data, person => NotInvited(person) with { RemovedAt = entry.At, Sessions = [] }),
        EntryTypes.PersonSignedIn => ChangePerson(state, data, person => SignIn(person, data, entry)),
        EntryTypes.PersonSignedOut => ChangePerson(state, data, person => data.Member("session").OptionalString(100) is { } session
            ? person with { Sessions = person.Sessions.RemoveAll(one => one.Id == session) }
            : person with { Sessions = [] }),
        EntryTypes.SignInFailed => state,
        _ => null,
    };

    private static Snapshot CreateKey(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var key = new ApiKey(
            data.Member("id").RequiredString(100),
            data.Member("name").RequiredString(200),
            data.Member("kind").RequiredString(63),
            data.Member("prefix").RequiredString(63),
            data.Member("sha256").RequiredString(HashLength),
            entry.At);
        return state with { Keys = state.Keys.SetItem(key.Id, key) };
    }

    private static Snapshot ChangeKey(Snapshot state, JsonInput data, Func<ApiKey, ApiKey> change) =>
        state.Keys.TryGetValue(data.Member("id").RequiredString(100), out var key)
            ? state with { Keys = state.Keys.SetItem(key.Id, change(key)) }
            : state;

    private static Person Described(Snapshot state, JsonInput data, LedgerEntry entry)
    {
        var id = data.Member("id").RequiredString(100);
        var name = data.Member("name").RequiredString(200);
        ImmutableArray<string> roles = [.. data.Member("roles").Items(Roles.People.Count).Select(role => role.RequiredString(63))];
        return state.People.TryGetValue(id, out var known) ? known with { Name = name, Roles = roles } : new(id, name, roles, entry.At);
    }

    private static Person SignIn(Person person, JsonInput data, LedgerEntry entry)
    {
        var session = new Session(data.Member("session").RequiredString(100), entry.At, entry.Actor.Method);
        var sessions = person.Sessions.Length < Person.MostSessions ? person.Sessions : person.Sessions.RemoveAt(0);
        return (data.Member("invitation").Flag() ? NotInvited(person) : person) with { Sessions = sessions.Add(session) };
    }

    private static Person NotInvited(Person person) => person with { Invitation = null, InvitationExpiresAt = null };

    private static Snapshot ChangePerson(Snapshot state, JsonInput data, Func<Person, Person> change) =>
        state.People.TryGetValue(data.Member("id").RequiredString(100), out var person) ? SetPerson(state, change(person)) : state;

    private static Snapshot SetPerson(Snapshot state, Person person) => state with { People = state.People.SetItem(person.Id, person) };

    private static DateTimeOffset Time(JsonInput value)
    {
        if (Json.TryParseTime(value.RequiredString(40), out var at))
            return at;
        value.Fail("Must be a UTC time.");
        return default;
    }
}
