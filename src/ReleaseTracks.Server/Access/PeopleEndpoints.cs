using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ReleaseTracks.Access;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Access;

public static class PeopleEndpoints
{
    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/api/v1/people").WithTags("Access").RequireAuthorization(Policies.Administer);
        people.MapGet("", List).WithSummary("People with their roles; never an invitation.");
        people.MapPost("", Invite).WithSummary("Invites somebody; the one-time link is in this answer and nowhere else.");
        people.MapPut("/{id}", Change).WithSummary("Changes a name or roles at once; brings back somebody who was removed.");
        people.MapDelete("/{id}", Remove).WithSummary("Removes somebody and ends their sessions at once.");
        people.MapPost("/{id}/invitation", InviteAgain).WithSummary("A new one-time link; the one before it stops working.");
        people.MapPost("/{id}/sign-out", SignOut).WithSummary("Ends every session of somebody at once.");
    }

    private static JsonAnswer List(SnapshotHolder snapshots, IOptions<AccessOptions> access, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var people = snapshots.Current.People.Values.Where(person => person.IsActive);
        return JsonAnswer.Array(people.OrderBy(person => person.CreatedAt).ThenBy(person => person.Id, StringComparer.Ordinal), (json, person) =>
        {
            json.WriteStartObject();
            Write(json, person);
            var sessions = person.Sessions.Count(session => now - session.At < access.Value.SessionSpan);
            json.WriteNumber("sessions", sessions);
            json.WriteOptional("lastSignedInAt", person.Sessions.LastOrDefault()?.At);
            json.WriteEndObject();
        });
    }

    private static async Task<IResult> Invite(HttpContext http, PeopleService people)
    {
        var (input, problem) = await ReadAsync(http);
        if (problem is not null)
            return problem;
        var name = input.Member("name").RequiredString(Person.LongestName);
        var roles = ReadRoles(input.Member("roles"));
        if (input.Errors.Any)
            return Problems.Invalid(input.Errors);
        var outcome = await people.InviteAsync(name, roles, http.User.Actor(), http.RequestAborted);
        http.Response.Headers.Location = $"/api/v1/people/{outcome.Person!.Id}";
        return Answer(outcome, http, StatusCodes.Status201Created);
    }

    private static async Task<IResult> Change(string id, HttpContext http, PeopleService people)
    {
        var (input, problem) = await ReadAsync(http);
        if (problem is not null)
            return problem;
        var name = input.Member("name").IsMissing ? null : input.Member("name").RequiredString(Person.LongestName);
        ImmutableArray<string>? roles = input.Member("roles").IsMissing ? null : ReadRoles(input.Member("roles"));
        if (name is null && roles is null && !input.Errors.Any)
            input.Fail("Give a name, roles, or both.");
        if (input.Errors.Any)
            return Problems.Invalid(input.Errors);
        return Answer(await people.ChangeAsync(id, name, roles, http.User.Actor(), http.RequestAborted), http);
    }

    private static async Task<IResult> Remove(string id, HttpContext http, PeopleService people) =>
        await people.RemoveAsync(id, http.User.Actor(), http.RequestAborted) is { Refusal: { } refusal } ? Refused(refusal) : TypedResults.NoContent();

    private static async Task<IResult> InviteAgain(string id, HttpContext http, PeopleService people) =>
        Answer(await people.InviteAgainAsync(id, http.User.Actor(), http.RequestAborted), http, StatusCodes.Status201Created);

    private static async Task<IResult> SignOut(string id, HttpContext http, PeopleService people) =>
        await people.SignOutAsync(id, http.User.Actor(), http.RequestAborted) is { Refusal: { } refusal } ? Refused(refusal) : TypedResults.NoContent();

    private static async Task<(JsonInput Input, IResult? Problem)> ReadAsync(HttpContext http)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        var input = new JsonInput(body.Root, "", new());
        if (body.Problem is null && !input.RequireObject("name", "roles"))
            return (input, Problems.Invalid(input.Errors));
        return (input, body.Problem);
    }

    private static ImmutableArray<string> ReadRoles(JsonInput input)
    {
        var roles = ImmutableArray.CreateBuilder<string>();
        foreach (var item in input.Items(Roles.People.Count))
        {
            var role = item.RequiredString(63);
            if (role.Length > 0 && !Roles.People.Contains(role, StringComparer.Ordinal))
                item.Fail($"Unknown role; known are {string.Join(", ", Roles.People)}.");
            else if (!roles.Contains(role))
                roles.Add(role);
        }

        if (roles.Count == 0 && !input.Errors.Any)
            input.Fail($"Give at least one role of {string.Join(", ", Roles.People)}.");
        return roles.DrainToImmutable();
    }

    private static IResult Answer(PeopleOutcome outcome, HttpContext http, int status = StatusCodes.Status200OK) =>
        outcome.Refusal is { } refusal ? Refused(refusal) : JsonAnswer.Object(
            json =>
            {
                Write(json, outcome.Person!);
                if (outcome.Token is { } token)
                    json.WriteString("signInUrl", $"{http.Request.Scheme}://{http.Request.Host}{Urls.SignIn}/{token}");
            },
            status);

    private static void Write(Utf8JsonWriter json, Person person)
    {
        json.WriteString("id", person.Id);
        json.WriteString("name", person.Name);
        json.WriteStrings("roles", person.Roles);
        json.WriteString("createdAt", Json.Time(person.CreatedAt));
        json.WriteString("issuer", person.Issuer);
        json.WriteOptional("invitationExpiresAt", person.InvitationExpiresAt);
    }

    private static IResult Refused(PeopleRefusal refusal) => refusal switch
    {
        PeopleRefusal.LastAdmin => Problems.Conflict(
            "last-admin", "Nobody would be left who can invite anybody.", "Give somebody else the role admin first."),
        PeopleRefusal.FromProvider => Problems.Conflict(
            "from-provider", "This person signs in through the identity provider.", "Change their roles there; here they can only be removed."),
        _ => Problems.NotFound("person"),
    };
}
