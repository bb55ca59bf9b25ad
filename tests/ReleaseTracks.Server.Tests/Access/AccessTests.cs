using System.Text.Json;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Access;

/// <summary>Who may call what. Each row: the call, and whether an SDK key may.</summary>
[Collection(nameof(SharedServer))]
public sealed class AccessTests(SharedServer shared)
{
    public static TheoryData<string, bool> Calls { get; } = new()
    {
        { "GET /api/v1/snapshot", true },
        { "POST /api/v1/outcomes", true },
        { "POST /api/v1/feedback", true },
        { "GET /api/v1/feedback", false },
        { "GET /api/v1/users/u/enrollment", true },
        { "PUT /api/v1/users/u/enrollment", true },
        { "DELETE /api/v1/users/u/enrollment", true },
        { "GET /api/v1/users/u/receipts", true },
        { "DELETE /api/v1/users/u", false },
        { "GET /api/v1/tracks", false },
        { "GET /api/v1/features", false },
        { "GET /api/v1/features/f", false },
        { "POST /api/v1/plans", false },
        { "GET /api/v1/plans", false },
        { "GET /api/v1/plans/p", false },
        { "POST /api/v1/plans/p/approvals", false },
        { "POST /api/v1/plans/p/apply", false },
        { "POST /api/v1/plans/p/replan", false },
        { "DELETE /api/v1/plans/p", false },
        { "POST /api/v1/features/f/rollback", false },
        { "POST /api/v1/features/f/kill", false },
        { "GET /api/v1/budgets", false },
        { "GET /api/v1/rollbacks", false },
        { "GET /api/v1/rollbacks/r", false },
        { "GET /api/v1/ledger", false },
        { "GET /api/v1/ledger/checkpoint", false },
        { "GET /api/v1/ledger/1/proof", false },
        { "GET /api/v1/ledger/consistency?from=1", false },
        { "POST /api/v1/keys", false },
        { "GET /api/v1/keys", false },
        { "DELETE /api/v1/keys/k", false },
        { "GET /openapi/v1.json", false },
    };

    [Theory, MemberData(nameof(Calls))]
    public async Task Call_WithoutACredential_IsUnauthorised(string call, bool sdk)
    {
        var answer = await shared.Anonymous.CallAsync(call, Body(call));

        Assert.Equal((401, "unauthenticated"), (answer.Status, answer.Problem));
        using var unknown = shared.Server.Client("rtk_0123456789abcdef_not-a-key");
        Assert.Equal(401, (await unknown.CallAsync(call, Body(call))).Status);
        Assert.InRange(sdk ? 1 : 0, 0, 1);
    }

    [Theory, MemberData(nameof(Calls))]
    public async Task Call_WithAnSdkKey_IsForbiddenUnlessMeantForIt(string call, bool sdk)
    {
        var answer = await shared.Sdk.CallAsync(call, Body(call));

        if (sdk)
            Assert.NotInRange(answer.Status, 401, 403);
        else
            Assert.Equal((403, "forbidden"), (answer.Status, answer.Problem));
    }

    [Fact]
    public async Task Health_WithoutACredential_Answers()
    {
        Assert.Equal((200, "live"), ((await shared.Anonymous.CallAsync("GET /healthz/live")).Status, "live"));
        var ready = await shared.Anonymous.CallAsync("GET /healthz/ready");
        Assert.Equal((200, "ready"), (ready.Status, ready.Json.GetProperty("status").GetString()));
    }

    [Fact]
    public async Task Metrics_FromThisMachine_NeedNoCredentialUnlessThroughAProxy()
    {
        var local = await shared.Anonymous.CallAsync("GET /metrics");
        Assert.Equal(200, local.Status);
        Assert.Contains("releasetracks_snapshot_revision", local.Text, StringComparison.Ordinal);

        using var proxied = shared.Server.Client(null);
        proxied.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(401, (await proxied.CallAsync("GET /metrics")).Status);
        using var admin = shared.Server.Client(Harness.TestServer.BootstrapToken);
        admin.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(200, (await admin.CallAsync("GET /metrics")).Status);
    }

    [Fact]
    public async Task OpenApi_ListsEveryPath()
    {
        var answer = await shared.Admin.CallAsync("GET /openapi/v1.json");

        var paths = answer.Json.GetProperty("paths").EnumerateObject().Select(path => path.Name).ToArray();
        foreach (var path in (string[])["/api/v1/plans", "/api/v1/plans/{id}/apply", "/api/v1/features/{key}/rollback", "/api/v1/budgets", "/api/v1/ledger/{seq}/proof", "/api/v1/users/{id}/enrollment", "/api/v1/outcomes"])
            Assert.Contains(path, paths);
    }

    [Fact]
    public async Task Key_Created_ShowsItsSecretOnceAndKeepsOnlyTheHash()
    {
        var created = await shared.Admin.CallAsync("POST /api/v1/keys", """{"name":"shop","kind":"sdk"}""");
        var secret = created.Json.GetProperty("secret").GetString()!;
        var id = created.Json.GetProperty("id").GetString();

        Assert.Equal(201, created.Status);
        Assert.StartsWith("rtk_", secret, StringComparison.Ordinal);
        var listed = await shared.Admin.CallAsync("GET /api/v1/keys");
        Assert.Contains(listed.Json.EnumerateArray(), key => key.GetProperty("id").GetString() == id && key.GetProperty("name").GetString() == "shop");
        var ledger = await shared.Admin.CallAsync("GET /api/v1/ledger?limit=10000");
        var part = secret[^30..];
        foreach (var text in (string[])[listed.Text, ledger.Text, shared.Server.Log.ToString()])
            Assert.DoesNotContain(part, text, StringComparison.Ordinal);
        Assert.Contains(ReleaseTracks.Server.Access.Secrets.Hash(secret), ledger.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Key_Revoked_IsRefusedAtOnce()
    {
        var created = (await shared.Admin.CallAsync("POST /api/v1/keys", """{"name":"gone","kind":"sdk"}""")).Json;
        using var client = shared.Server.Client(created.GetProperty("secret").GetString());
        Assert.Equal(200, (await client.CallAsync("GET /api/v1/snapshot")).Status);

        var id = created.GetProperty("id").GetString();
        Assert.Equal(204, (await shared.Admin.CallAsync($"DELETE /api/v1/keys/{id}")).Status);

        Assert.Equal(401, (await client.CallAsync("GET /api/v1/snapshot")).Status);
        Assert.Equal(204, (await shared.Admin.CallAsync($"DELETE /api/v1/keys/{id}")).Status);
        Assert.Equal("not-found", (await shared.Admin.CallAsync("DELETE /api/v1/keys/0000")).Problem);
        var listed = (await shared.Admin.CallAsync("GET /api/v1/keys")).Json.EnumerateArray().Single(key => key.GetProperty("id").GetString() == id);
        Assert.Equal(JsonValueKind.String, listed.GetProperty("revokedAt").ValueKind);
    }

    private static string? Body(string call) => call.StartsWith("GET", StringComparison.Ordinal) ? null : "{}";
}
