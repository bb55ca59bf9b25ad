using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Snapshots;

namespace ReleaseTracks.Server.Access;

public static class KeyEndpoints
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/api/v1/keys").WithTags("Access").RequireAuthorization(Policies.Administer);
        keys.MapGet("", List).WithSummary("Keys with their public prefix; never the secret.");
        keys.MapPost("", Create).WithSummary("Creates an SDK key; the secret is in this answer and nowhere else.");
        keys.MapDelete("/{id}", Revoke).WithSummary("Revokes a key at once.");
    }

    private static JsonAnswer List(SnapshotHolder snapshots, KeyUse use) =>
        JsonAnswer.Array(snapshots.Current.Keys.Values.OrderBy(key => key.CreatedAt).ThenBy(key => key.Id, StringComparer.Ordinal), (json, key) =>
        {
            json.WriteStartObject();
            json.WriteString("id", key.Id);
            json.WriteString("name", key.Name);
            json.WriteString("kind", key.Kind);
            json.WriteString("prefix", key.Prefix);
            json.WriteString("createdAt", Json.Time(key.CreatedAt));
            json.WriteOptional("revokedAt", key.RevokedAt);
            json.WriteOptional("lastUsedAt", use.LastUsed(key.Id));
            json.WriteEndObject();
        });

    private static async Task<IResult> Create(HttpContext http, LedgerService ledger, TimeProvider time)
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

        var (key, secret) = SdkKeys.Create(name, time.GetUtcNow());
        await ledger.AppendAsync(
            http.User.Actor(),
            _ => new(EntryTypes.KeyCreated, Json.Object(json =>
            {
                json.WriteString("id", key.Id);
                json.WriteString("name", key.Name);
                json.WriteString("kind", key.Kind);
                json.WriteString("prefix", key.Prefix);
                json.WriteString("sha256", key.Hash);
            })),
            http.RequestAborted);
        http.Response.Headers.Location = $"/api/v1/keys/{key.Id}";
        return JsonAnswer.Object(
            json =>
            {
                json.WriteString("id", key.Id);
                json.WriteString("name", key.Name);
                json.WriteString("kind", key.Kind);
                json.WriteString("prefix", key.Prefix);
                json.WriteString("secret", secret);
            },
            StatusCodes.Status201Created);
    }

    private static async Task<IResult> Revoke(string id, HttpContext http, LedgerService ledger)
    {
        var appended = await ledger.AppendAsync(
            http.User.Actor(),
            state => state.Keys.TryGetValue(id, out var key) && key.IsActive
                ? new(EntryTypes.KeyRevoked, Json.Object(json => json.WriteString("id", id)))
                : null,
            http.RequestAborted);
        return appended.Snapshot.Keys.ContainsKey(id) ? TypedResults.NoContent() : Problems.NotFound("key");
    }
}
