namespace ReleaseTracks.Server.Tests.Access;

/// <summary>
/// Who may call what, written down by hand and compared with the route table: a new endpoint has no row until somebody
/// decides who may call it. The bootstrap token has every role, so it may call whatever anybody may.
/// </summary>
internal static class RoleMatrix
{
    public const string Everybody = "anonymous sdk viewer product sre approver admin";

    /// <summary>An SDK key; the session of a person is not looked at, so they are not known.</summary>
    public const string Token = "sdk token-only";

    /// <summary>Opens with a ticket, whoever has it.</summary>
    public const string Ticket = "ticket";
    /// <summary>A page that opens with a ticket or a session, and says in its own words what to do without either.</summary>
    public const string PeopleOrTicket = $"{People} own-page";
    public const string People = "viewer product sre approver admin";

    public static IReadOnlyDictionary<string, string> Rows { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["POST /ofrep/v1/evaluate/flags"] = Token,
        ["POST /ofrep/v1/evaluate/flags/{**key}"] = Token,
        ["GET /ofrep/v1/stream"] = Ticket,
        ["GET /api/v1/snapshot"] = "sdk",
        ["GET /api/v1/stream"] = "sdk",
        ["POST /api/v1/outcomes"] = "sdk",
        ["POST /api/v1/feedback"] = "sdk",
        ["GET /api/v1/feedback"] = People,
        ["GET /api/v1/users/{id}/enrollment"] = "sdk product",
        ["PUT /api/v1/users/{id}/enrollment"] = "sdk product",
        ["DELETE /api/v1/users/{id}/enrollment"] = "sdk product",
        ["GET /api/v1/users/{id}/receipts"] = "sdk product",
        ["POST /api/v1/users/enrollments"] = "sdk product",
        ["POST /api/v1/users/{id}/me-ticket"] = "sdk",
        ["DELETE /api/v1/users/{id}"] = "admin",
        ["GET /api/v1/tracks"] = People,
        ["GET /api/v1/features"] = People,
        ["GET /api/v1/features/{key}"] = People,
        ["POST /api/v1/plans"] = "product sre",
        ["GET /api/v1/plans"] = People,
        ["GET /api/v1/plans/{id}"] = People,
        ["POST /api/v1/plans/{id}/approvals"] = "approver sre",
        ["POST /api/v1/plans/{id}/apply"] = "product sre",
        ["POST /api/v1/plans/{id}/replan"] = "product sre",
        // Whether it is theirs is asked of the plan; the caller must be somebody.
        ["DELETE /api/v1/plans/{id}"] = People,
        ["POST /api/v1/features/{key}/rollback"] = "product sre",
        ["POST /api/v1/features/{key}/kill"] = "product sre",
        ["GET /api/v1/budgets"] = People,
        ["GET /api/v1/objectives"] = People,
        ["POST /api/v1/objectives"] = "product sre",
        ["GET /api/v1/rollbacks"] = People,
        ["GET /api/v1/rollbacks/{id}"] = People,
        ["PUT /api/v1/rollbacks/{id}/playbook/{step:int}"] = "product sre",
        ["GET /api/v1/destinations"] = People,
        ["POST /api/v1/destinations/{key}/test"] = "product sre",
        ["GET /api/v1/ledger"] = People,
        ["GET /api/v1/ledger/checkpoint"] = People,
        ["GET /api/v1/ledger/{seq:long}/proof"] = People,
        ["GET /api/v1/ledger/consistency"] = People,
        ["GET /api/v1/keys"] = "admin",
        ["POST /api/v1/keys"] = "admin",
        ["POST /api/v1/keys/{id}/rotate"] = "admin",
        ["DELETE /api/v1/keys/{id}"] = "admin",
        ["GET /api/v1/people"] = "admin",
        ["POST /api/v1/people"] = "admin",
        ["PUT /api/v1/people/{id}"] = "admin",
        ["DELETE /api/v1/people/{id}"] = "admin",
        ["POST /api/v1/people/{id}/invitation"] = "admin",
        ["POST /api/v1/people/{id}/sign-out"] = "admin",
        ["GET /healthz/live"] = Everybody,
        ["GET /healthz/ready"] = Everybody,
        // Through a proxy, as the test calls: from this machine anybody may.
        ["GET /metrics"] = "viewer",
        ["GET /openapi/{documentName}.json"] = People,
        ["GET /sign-in/{token}"] = Everybody,
        ["POST /sign-out"] = Everybody,
        ["PAGE /"] = People,
        ["PAGE /features/{Key}"] = People,
        ["PAGE /map"] = People,
        ["PAGE /plans"] = People,
        ["PAGE /plans/{Id}"] = People,
        ["PAGE /budgets"] = People,
        ["PAGE /rollbacks"] = People,
        ["PAGE /rollbacks/{Id}"] = People,
        ["PAGE /ledger"] = People,
        ["PAGE /tracks"] = People,
        ["PAGE /alerts"] = People,
        ["PAGE /access"] = "admin",
        ["PAGE /me"] = PeopleOrTicket,
        ["POST /me/choice"] = Everybody,
        ["POST /me/report"] = Everybody,
        ["PAGE /sign-in"] = Everybody,
        ["PAGE /no-permission"] = Everybody,
        ["PAGE /not-found"] = People,
        ["PAGE /fault"] = Everybody,
        ["ASSETS"] = Everybody,
        ["GET /{**path:file}"] = People,
        ["BLAZOR"] = People,
        // Asks for the key itself and refuses in gRPC's own words, which FlagdClientTests read.
        ["GRPC"] = Everybody,
    };
}
