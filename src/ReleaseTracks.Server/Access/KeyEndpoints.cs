using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Access;

public static class KeyEndpoints
{
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").WithTags("Access").RequireAuthorization(Policies.Administer);
        keys.MapGet("", List).WithSummary("Keys with their public prefix; never the secret.");
        keys.MapPost("", Create).WithSummary("Creates an SDK key; the secret is in this answer and nowhere else.");
        keys.MapPost("/{id}/rotate", Rotate).WithSummary("A new secret; the one before it works until `overlap` (24h) has passed.");
        keys.MapDelete("/{id}", Revoke).WithSummary("Revokes a key at once.");
    }

    private static async Task<IResult> List(SnapshotHolder snapshots, KeyUse use)
    {
        var used = await use.LastUsedAsync();
        return JsonAnswer.Array(snapshots.Current.Keys.Values.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal), (json, key) =>
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id);
            json.WriteString("name", key.Name);
            json.WriteString("kind", key.Kind);
            json.WriteString("prefix", key.Prefix);
            json.WriteString("createdAt", Json.Time(key.CreatedAt));
            json.WriteOptional("rotatedAt", key.RotatedAt);
            json.WriteOptional("previousUntil", key.PreviousUntil);
            json.WriteOptional("revokedAt", key.RevokedAt);
            json.WriteOptional("lastUsedAt", used.TryGetValue(key.Id, out var at) ? at : null);
            json.WriteEndObject();
        });
    }

    private static async Task<IResult> Create(HttpContext http, KeyService keys)
    {
        var body = await JsonBody.ReadAsync(http.Request);
        if (body.Problem is not null)
            return body.Problem;
        var errors = new InputErrors();
        var input = new JsonInput(body.Root, "", errors);
        if (!input.RequireObject("name", "kind"))
            return Problems.Invalid(errors);
        var name = input.Member("name").RequiredString(200);
        if (input.Member("kind").OptionalString(63) is { } kind && kind != SdkKeys.Kind)
            input.Member("kind").Fail("Unknown kind; the only kind is sdk.");
        if (errors.Any)
            return Problems.Invalid(errors);

        var made = await keys.CreateAsync(name, http.User.Actor(), http.RequestAborted);
        http.Response.Headers.Location = $"/api/v1/keys/{made.Key.Id}";
        return Answer(made, StatusCodes.Status201Created);
    }

    private static async Task<IResult> Rotate(string id, HttpContext http, KeyService keys)
    {
        var (overlap, problem) = await ReadOverlapAsync(http.Request);
        if (problem is not null)
            return problem;
        return await keys.RotateAsync(id, overlap, http.User.Actor(), http.RequestAborted) is { } made
            ? Answer(made, StatusCodes.Status200OK)
            : Problems.NotFound("key");
    }

    private static async Task<(TimeSpan Overlap, IResult? Problem)> ReadOverlapAsync(HttpRequest request)
    {
        if (request.ContentLength is null or 0 && request.Headers.TransferEncoding.Count == 0)
            return (KeyService.UsualOverlap, null);
        var body = await JsonBody.ReadAsync(request);
        if (body.Problem is not null)
            return (default, body.Problem);
        var input = new JsonInput(body.Root, "", new());
        var overlap = KeyService.UsualOverlap;
        if (input.RequireObject("overlap") && input.Member("overlap") is { IsMissing: false } given && given.RequiredString(20) is { Length: > 0 } text
            && (!Durations.TryParse(text, out overlap) || overlap > LongestOverlap))
        {
            given.Fail($"Give a duration from 0s to {Durations.Format(LongestOverlap)}, such as 24h.");
        }

        return (overlap, input.Errors.Any ? Problems.Invalid(input.Errors) : null);
    }

    private static JsonAnswer Answer(NewSecret made, int status) => JsonAnswer.Object(
        json =>
        {
            json.WriteString("id", made.Key.Id);
            json.WriteString("name", made.Key.Name);
            json.WriteString("kind", made.Key.Kind);
            json.WriteString("prefix", made.Key.Prefix);
            json.WriteString("secret", made.Secret);
            if (made.Key.PreviousUntil is { } until)
                json.WriteString("previousUntil", Json.Time(until));
        },
        status);

    private static async Task<IResult> Revoke(string id, HttpContext http, KeyService keys) =>
        await keys.RevokeAsync(id, http.User.Actor(), http.RequestAborted) ? TypedResults.NoContent() : Problems.NotFound("key");
}
