using System.Collections.Immutable;
using System.Globalization;
using System.Security.Claims;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Sessions;

/// <summary>
/// Begins, looks up and ends sessions. A session is good while the snapshot lists it, so what ends one ends it with the
/// revision that says so, on every server; roles are those of the snapshot, not of the cookie.
/// </summary>
public sealed class PersonSessions(LedgerService ledger, SnapshotHolder snapshots, IOptions<AccessOptions> access, TimeProvider time)
{
    private const string RevisionClaim = "rt:revision";
    private const int IdLength = 16;
    private static readonly Actor Provider = new(ActorKinds.System, "identity-provider", "oidc");
    private static readonly Actor Console = new(ActorKinds.System, "console", "one-time-link");

    /// <returns>Null if the invitation was used, has run out, or never was.</returns>
    public Task<ClaimsPrincipal?> ByInvitationAsync(string token, CancellationToken cancel)
    {
        var hash = Secrets.Hash(token);
        // Looked for twice: who it is must be known before the entry can name them as its actor.
        return PeopleRules.FindInvited(snapshots.Current, hash, time.GetUtcNow()) is { } person
            ? BeginAsync(person.Id, "invitation", found => found.Invitation == hash && time.GetUtcNow() < found.InvitationExpiresAt, cancel)
            : Task.FromResult<ClaimsPrincipal?>(null);
    }

    /// <summary>The person of the console's link has every role of a person, again if somebody took one away.</summary>
    public async Task<ClaimsPrincipal?> AsOwnerAsync(CancellationToken cancel)
    {
        var owner = new Person(PeopleRules.Owner, "Owner", [.. Roles.People], time.GetUtcNow());
        await ledger.AppendAsync(
            Console,
            state => !state.People.TryGetValue(owner.Id, out var known) ? Added(owner)
                : known.IsActive && Roles.People.All(known.Has) ? null
                : PeopleService.Changed(known, known with { Roles = owner.Roles }),
            cancel);
        return await BeginAsync(owner.Id, "one-time-link", _ => true, cancel);
    }

    /// <summary>Whoever an identity provider says it is, with the roles it gives them now.</summary>
    /// <returns>Null without a role here, and for somebody who was removed.</returns>
    public async Task<ClaimsPrincipal?> ByProviderAsync(string issuer, string subject, string name, ImmutableArray<string> roles, CancellationToken cancel)
    {
        var person = new Person($"oidc_{Secrets.Hash($"{issuer}\n{subject}")[..IdLength]}", name, roles, time.GetUtcNow()) { Issuer = issuer };
        await ledger.AppendAsync(
            Provider,
            state => !state.People.TryGetValue(person.Id, out var known) ? roles.IsEmpty ? null : Added(person)
                : !known.IsActive || (known.Name == name && known.Roles.SequenceEqual(roles, StringComparer.Ordinal)) ? null
                // Also when no role is left: then the sessions that are still open may do nothing any more.
                : PeopleService.Changed(known, known with { Name = name, Roles = roles }),
            cancel);
        return roles.IsEmpty ? null : await BeginAsync(person.Id, "oidc", _ => true, cancel);
    }

    /// <summary>Who a cookie stands for now; null if its session ended.</summary>
    public async ValueTask<ClaimsPrincipal?> RenewAsync(ClaimsPrincipal cookie, CancellationToken cancel)
    {
        if (Find(cookie) is { } good)
            return good;
        if (!long.TryParse(cookie.FindFirstValue(RevisionClaim), CultureInfo.InvariantCulture, out var revision) || revision <= snapshots.Current.Revision)
            return null;
        try
        {
            // Another server signed them in a moment ago, and this one has not heard of it yet.
            await ledger.CatchUpAsync(cancel);
            return Find(cookie);
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            return null;
        }
    }

    /// <summary>As <see cref="RenewAsync"/>, by what this server knows now.</summary>
    public ClaimsPrincipal? Find(ClaimsPrincipal user)
    {
        var state = snapshots.Current;
        return user.SessionId() is { } id
            && PeopleRules.FindSession(state, user.Actor().Id, id, access.Value.SessionSpan, time.GetUtcNow()) is { } session
            ? Principals.Of(state.People[user.Actor().Id], session, SessionCookie.SchemeName)
            : null;
    }

    /// <summary>Ends this session, or all of the same person.</summary>
    public Task EndAsync(ClaimsPrincipal user, bool everywhere, CancellationToken cancel)
    {
        var (person, session) = (user.Actor().Id, user.SessionId());
        return ledger.AppendAsync(
            user.Actor(),
            state => session is null || state.People.GetValueOrDefault(person)?.FindSession(session) is null ? null : new(
                EntryTypes.PersonSignedOut,
                Json.Object(json =>
                {
                    json.WriteString("id", person);
                    if (!everywhere)
                        json.WriteString("session", session);
                })),
            cancel);
    }

    private static EntryDraft Added(Person person) => new(EntryTypes.PersonAdded, Json.Object(json =>
    {
        PeopleService.Describe(json, person);
        if (person.Issuer is { } issuer)
            json.WriteString("issuer", issuer);
    }));

    /// <returns>Null if the person is not there any more, or <paramref name="may"/> says no.</returns>
    private async Task<ClaimsPrincipal?> BeginAsync(string person, string method, Func<Person, bool> may, CancellationToken cancel)
    {
        var id = Secrets.Id("se_");
        var appended = await ledger.AppendAsync(
            new(ActorKinds.Person, person, method),
            state => state.People.GetValueOrDefault(person) is { IsActive: true } found && may(found)
                ? new(EntryTypes.PersonSignedIn, Json.Object(json =>
                {
                    json.WriteString("id", person);
                    json.WriteString("session", id);
                    json.WriteBoolean("invitation", method == "invitation");
                }))
                : null,
            cancel);
        if (appended.Entry is not { } entry)
            return null;
        var signedIn = appended.Snapshot.People[person];
        // The cookie names the session and nothing else: roles are looked up with every request.
        var principal = Principals.Of(signedIn with { Name = person, Roles = [] }, signedIn.FindSession(id)!, SessionCookie.SchemeName);
        ((ClaimsIdentity)principal.Identity!).AddClaim(new(RevisionClaim, entry.Seq.ToString(CultureInfo.InvariantCulture)));
        return principal;
    }
}
