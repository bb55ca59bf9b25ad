using System.Text.Json;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Access;

/// <summary>What is open to everybody, and keys; who may call the rest is in <see cref="RoleMatrix"/>.</summary>
[Collection(nameof(SharedServer))]
public sealed class AccessTests(SharedServer shared)
{
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
}
