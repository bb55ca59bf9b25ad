using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Access;

/// <summary>Why people were not changed.</summary>
public enum PeopleRefusal
{
    NotFound,
    LastAdmin,
    FromProvider,
}

/// <summary>A person as they are now, with the token of their invitation if there is a new one; or why nothing changed.</summary>
public sealed record PeopleOutcome(Person? Person, string? Token = null, PeopleRefusal? Refusal = null);

/// <summary>Invites, changes and removes people. What it says is decided on the newest snapshot, under the append.</summary>
public sealed class PeopleService(LedgerService ledger, IOptions<AccessOptions> access, TimeProvider time)
{
    public Task<PeopleOutcome> InviteAsync(string name, ImmutableArray<string> roles, Actor actor, CancellationToken cancel)
    {
        var person = new Person(Secrets.Id("pe_"), name, roles, time.GetUtcNow());
        return InviteAsync(person.Id, actor, _ => person, cancel);
    }

    /// <summary>A new link for somebody who lost theirs, or whose session ended; the link before it is worthless then.</summary>
    public Task<PeopleOutcome> InviteAgainAsync(string id, Actor actor, CancellationToken cancel) =>
        InviteAsync(id, actor, state => state.People.GetValueOrDefault(id), cancel);

    /// <summary>A removed person is let back in by giving them roles.</summary>
    public Task<PeopleOutcome> ChangeAsync(string id, string? name, ImmutableArray<string>? roles, Actor actor, CancellationToken cancel) =>
        AppendAsync(id, actor, person => Change(person, name, roles), cancel);

    public Task<PeopleOutcome> RemoveAsync(string id, Actor actor, CancellationToken cancel) => AppendAsync(
        id, actor, person => person.IsActive ? new(EntryTypes.PersonRemoved, Json.Object(json => json.WriteString("id", id))) : null, cancel);

    /// <summary>Ends every session of a person.</summary>
    public Task<PeopleOutcome> SignOutAsync(string id, Actor actor, CancellationToken cancel) => AppendAsync(
        id, actor, person => person.Sessions.IsEmpty ? null : new(EntryTypes.PersonSignedOut, Json.Object(json => json.WriteString("id", id))), cancel);

    private async Task<PeopleOutcome> InviteAsync(string id, Actor actor, Func<Snapshot, Person?> find, CancellationToken cancel)
    {
        var token = Secrets.New();
        PeopleRefusal? refusal = null;
        var appended = await ledger.AppendAsync(
            actor,
            state =>
            {
                var person = find(state);
                refusal = person is not { IsActive: true } ? PeopleRefusal.NotFound : person.Issuer is not null ? PeopleRefusal.FromProvider : null;
                return refusal is not null ? null : new(EntryTypes.PersonInvited, Json.Object(json =>
                {
                    Describe(json, person!);
                    json.WriteString("sha256", Secrets.Hash(token));
                    json.WriteString("expiresAt", Json.Time(time.GetUtcNow() + access.Value.InvitationSpan));
                }));
            },
            cancel);
        return refusal is null ? new(appended.Snapshot.People[id], token) : new(null, null, refusal);
    }

    private async Task<PeopleOutcome> AppendAsync(string id, Actor actor, Func<Person, EntryDraft?> decide, CancellationToken cancel)
    {
        PeopleRefusal? refusal = null;
        var appended = await ledger.AppendAsync(
            actor,
            state =>
            {
                var person = state.People.GetValueOrDefault(id);
                var draft = person is null ? null : decide(person);
                refusal = person is null ? PeopleRefusal.NotFound : draft is null ? null : Refuse(state, person, draft);
                return refusal is null ? draft : null;
            },
            cancel);
        return refusal is null ? new(appended.Snapshot.People[id]) : new(null, null, refusal);
    }

    private static PeopleRefusal? Refuse(Snapshot state, Person person, EntryDraft draft)
    {
        var keepsAdmin = draft.Type == EntryTypes.PersonSignedOut
            || (draft.Data.TryGetProperty("roles", out var roles) && roles.EnumerateArray().Any(role => role.ValueEquals(Roles.Admin)));
        if (!keepsAdmin && PeopleRules.IsLastAdmin(state, person))
            return PeopleRefusal.LastAdmin;
        return draft.Type == EntryTypes.PersonChanged && person is { Issuer: not null, IsActive: true } ? PeopleRefusal.FromProvider : null;
    }

    private static EntryDraft? Change(Person person, string? name, ImmutableArray<string>? roles)
    {
        var next = person with { Name = name ?? person.Name, Roles = roles ?? person.Roles, RemovedAt = null };
        var isSame = person.IsActive && next.Name == person.Name && next.Roles.SequenceEqual(person.Roles, StringComparer.Ordinal);
        return isSame ? null : Changed(person, next);
    }

    /// <summary>The entry that turns a person into another form of themselves.</summary>
    internal static EntryDraft Changed(Person before, Person after) => new(EntryTypes.PersonChanged, Json.Object(json =>
    {
        Describe(json, after);
        json.WriteStartObject("before");
        Describe(json, before);
        json.WriteBoolean("removed", !before.IsActive);
        json.WriteEndObject();
    }));

    internal static void Describe(Utf8JsonWriter json, Person person)
    {
        json.WriteString("id", person.Id);
        json.WriteString("name", person.Name);
        json.WriteStrings("roles", person.Roles);
    }
}
