using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;
using ReleaseTracks.Server.Store;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks;

/// <summary>
/// The enrollments of many users in one request, for clients that evaluate by themselves. From the store and not from
/// this server's cache: a client asks because it heard of a change that this server may not have heard of yet.
/// </summary>
public static class EnrollmentLookup
{
    private const int MostUsers = 500;

    public static void MapEnrollmentLookup(this IEndpointRouteBuilder routes) => routes.MapPost("/api/v1/users/enrollments", Find)
        .WithTags("Users").RequireAuthorization(Policies.Enrol)
        .WithSummary("Tracks of up to 500 users, with the groups that exported definitions know them by.");

    private static async Task<IResult> Find(HttpContext http, EnrollmentStore store, SnapshotHolder snapshots)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("users"))
            return Problems.Invalid(errors);
        var users = input.Member("users").Items(MostUsers).Select(item => item.RequiredString(EnrollmentEndpoints.UserIdLength)).ToArray();
        if (users.Length == 0 && !errors.Any)
            input.Member("users").Fail($"Give 1 to {MostUsers} user ids.");
        if (errors.Any)
            return Problems.Invalid(errors);
        var records = await store.GetManyAsync(users);
        var state = snapshots.Current;
        return JsonAnswer.Object(json => json.WriteArray("users", users.Zip(records), (writer, one) => Write(writer, state, one.First, EnrollmentService.FromRecord(one.Second).Enrollment)));
    }

    private static void Write(Utf8JsonWriter json, Snapshot state, string user, Enrollment stored)
    {
        var effective = EnrollmentRules.Effective(state, user, stored, null);
        json.WriteStartObject();
        json.WriteString("user", user);
        json.WriteString("track", effective.Track.Wire());
        json.WriteString("source", effective.Source.Wire());
        json.WriteStrings("groups", TargetingGroups.Of(state.Served, effective.Track, user));
        json.WriteStartObject("stored");
        json.WriteString("track", stored.Track.Wire());
        json.WriteString("source", stored.Source.Wire());
        json.WriteString("organisation", stored.Organisation);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
