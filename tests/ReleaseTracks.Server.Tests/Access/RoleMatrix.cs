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
        ["DELETE /api/v1/users/{id}"] = "admin",
        ["GET /api/v1/tracks"] = People,
        ["GET /api/v1/features"] = People,
        ["GET /api/v1/features/{key}"] = People,
        ["POST /api/v1/plans"] = "product sre",
        ["GET /api/v1/plans"] = People,
        ["GET /api/v1/plans/{id}"] = People,
        ["POST /api/v1/plans/{id}/apply"] = "product sre",
        ["POST /api/v1/features/{key}/rollback"] = "product sre",
        ["POST /api/v1/features/{key}/kill"] = "product sre",
        ["GET /api/v1/budgets"] = People,
        ["GET /api/v1/rollbacks"] = People,
        ["GET /api/v1/rollbacks/{id}"] = People,
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
