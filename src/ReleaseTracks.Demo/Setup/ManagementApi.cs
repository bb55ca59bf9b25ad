using System.Text.Json;

namespace ReleaseTracks.Demo.Setup;

/// <summary>One rollback as the API gives it; only what the story needs.</summary>
internal sealed record SeenRollback(
    string Id, string Scope, IReadOnlyList<string> Features, string Track, DateTimeOffset At, long Revision, string Cause, string? Objective, DateTimeOffset? VerifiedAt);

/// <summary>The server's HTTP API as an operator's script would use it, with the bootstrap token.</summary>
/// <param name="http">To the server.</param>
/// <param name="approve">Approves the plan of an id and hash; null for the token itself.</param>
internal sealed class ManagementApi(HttpClient http, Func<string, string, Task>? approve = null)
{
    /// <summary>Proposes, lets the host approve what needs it, and applies; the revision that it became.</summary>
    public async Task<long> ApplyAsync(string title, string reason, IEnumerable<object> changes, CancellationToken cancel)
    {
        var plan = await PostAsync("api/v1/plans", new { title, reason, changes }, cancel);
        var (id, hash) = (plan.GetProperty("id").GetString()!, plan.GetProperty("hash").GetString()!);
        if (plan.GetProperty("approvalsNeeded").GetInt32() > 0)
            await (approve?.Invoke(id, hash) ?? PostAsync($"api/v1/plans/{id}/approvals", new { hash, decision = "approve" }, cancel));
        var applied = await PostAsync($"api/v1/plans/{id}/apply", new { hash }, cancel);
        return applied.GetProperty("revision").GetInt64();
    }

    public async Task<(string Id, string Secret)> CreateKeyAsync(string name, CancellationToken cancel)
    {
        var key = await PostAsync("api/v1/keys", new { name, kind = "sdk" }, cancel);
        return (key.GetProperty("id").GetString()!, key.GetProperty("secret").GetString()!);
    }

    public async Task RevokeKeyAsync(string id)
    {
        using var response = await http.DeleteAsync($"api/v1/keys/{id}");
    }

    /// <summary>The disclosure that a user must have agreed to, to enter the AI track.</summary>
    public async Task<int> DisclosureVersionAsync(CancellationToken cancel)
    {
        var tracks = await GetAsync("api/v1/tracks", cancel);
        var ai = tracks.EnumerateArray().Single(track => track.GetProperty("key").GetString() == "ai");
        return ai.GetProperty("disclosure").GetProperty("version").GetInt32();
    }

    public Task<JsonElement> FeaturesAsync(CancellationToken cancel) => GetAsync("api/v1/features", cancel);

    public async Task<IReadOnlyList<SeenRollback>> RollbacksAsync(CancellationToken cancel) =>
        [.. (await GetAsync("api/v1/rollbacks", cancel)).EnumerateArray().Select(Read)];

    private static SeenRollback Read(JsonElement json) => new(
        json.GetProperty("id").GetString()!,
        json.GetProperty("scope").GetString()!,
        [.. json.GetProperty("features").EnumerateArray().Select(feature => feature.GetString()!)],
        json.GetProperty("track").GetString()!,
        json.GetProperty("at").GetDateTimeOffset(),
        json.GetProperty("revision").GetInt64(),
        json.GetProperty("cause").GetString()!,
        json.GetProperty("objective").GetString(),
        json.TryGetProperty("verifiedAt", out var verified) && verified.ValueKind == JsonValueKind.String ? verified.GetDateTimeOffset() : null);

    private async Task<JsonElement> GetAsync(string path, CancellationToken cancel)
    {
        using var response = await http.GetAsync(path, cancel);
        return await AnswerAsync(response, cancel);
    }

    private async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancel)
    {
        using var response = await http.PostAsJsonAsync(path, body, cancel);
        return await AnswerAsync(response, cancel);
    }

    internal static async Task<JsonElement> AnswerAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode)
            return await response.Content.ReadFromJsonAsync<JsonElement>(cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        throw new DemoException($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.AbsolutePath} was answered {(int)response.StatusCode}: {text}");
    }
}
