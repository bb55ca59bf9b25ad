using System.Net.Http.Headers;
using System.Text.Json;
using ReleaseTracks.Server.Http;

namespace ReleaseTracks.Server.Objectives.OpenSlo;

/// <summary>
/// <c>openslo export</c> and <c>openslo import</c>: the same two calls as over HTTP, to a running server, because a plan
/// needs its budgets and rules. The token is that of the settings, never an argument: arguments can be seen by everybody.
/// </summary>
public static class OpenSloCommands
{
    private const string Path = "/api/v1/objectives";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<int> ExportAsync(string[] args, string urls, string? token, TextWriter output, TextWriter error)
    {
        if (Parse(args, "--url", "--to") is not { } given || Connect(given, urls, "?format=openslo") is not { } call)
            return await UsageAsync(error, "openslo export [--to FILE] [--url URL]");
        using var request = new HttpRequestMessage(HttpMethod.Get, call);
        return await SendAsync(request, token, error, async text =>
        {
            if (given.TryGetValue("--to", out var file))
                await File.WriteAllTextAsync(file, text);
            else
                await output.WriteAsync(text);
        });
    }

    public static async Task<int> ImportAsync(string[] args, string urls, string? token, TextWriter output, TextWriter error)
    {
        if (Parse(args, "--url", "--from", "--title", "--reason") is not { } given || !given.TryGetValue("--from", out var file)
            || Connect(given, urls, Query(given)) is not { } call)
            return await UsageAsync(error, "openslo import --from FILE [--title TEXT] [--reason TEXT] [--url URL]");
        using var request = new HttpRequestMessage(HttpMethod.Post, call);
        try
        {
            request.Content = new ByteArrayContent(await File.ReadAllBytesAsync(file));
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"{file} cannot be read: {broken.Message}");
            return 1;
        }

        return await SendAsync(request, token, error, text => TellAsync(JsonElement.Parse(text), output));
    }

    private static Task TellAsync(JsonElement plan, TextWriter output) => output.WriteLineAsync(plan.TryGetProperty("id", out var id)
        ? $"Plan {id} is {plan.GetProperty("state")}, {plan.GetProperty("approvalsNeeded")} approvals needed, hash {plan.GetProperty("hash")}"
        : "Nothing to change: every objective in the file is in force.");

    private static async Task<int> SendAsync(HttpRequestMessage request, string? token, TextWriter error, Func<string, Task> done)
    {
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var http = new HttpClient { Timeout = Patience };
            using var answer = await http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode)
                await done(text);
            else
                await TellProblemAsync((int)answer.StatusCode, text, error);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception failed) when (failed is HttpRequestException or TaskCanceledException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"{request.RequestUri}: {failed.Message}");
            return 1;
        }
    }

    private static async Task TellProblemAsync(int status, string text, TextWriter error)
    {
        try
        {
            var problem = JsonElement.Parse(text);
            await error.WriteLineAsync($"{problem.GetProperty("title")} {problem.GetProperty("detail")}");
            if (status == StatusCodes.Status401Unauthorized)
                await error.WriteLineAsync("Set ReleaseTracks__Access__BootstrapToken to the server's token, or ReleaseTracks__SecretsPath to where it stands.");
            if (!problem.TryGetProperty("errors", out var errors))
                return;
            foreach (var at in errors.EnumerateObject())
            {
                foreach (var message in at.Value.EnumerateArray())
                    await error.WriteLineAsync($"{at.Name}: {message}");
            }
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            await error.WriteLineAsync($"The server answered {status}, and not as a ReleaseTracks server does: is the address right?");
        }
    }

    private static string Query(Dictionary<string, string> given) => string.Concat(
        "?format=openslo",
        given.TryGetValue("--title", out var title) ? $"&title={Uri.EscapeDataString(title)}" : "",
        given.TryGetValue("--reason", out var reason) ? $"&reason={Uri.EscapeDataString(reason)}" : "");

    private static Uri? Connect(Dictionary<string, string> given, string urls, string query) =>
        HealthCommand.Address(given.GetValueOrDefault("--url", urls), Path) is { } address ? new(address, query) : null;

    /// <summary>Null when a switch is unknown, has no value, or is given twice.</summary>
    private static Dictionary<string, string>? Parse(string[] args, params ReadOnlySpan<string> known)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length || !known.Contains(args[i]) || !found.TryAdd(args[i], args[i + 1]))
                return null;
        }

        return found;
    }

    private static async Task<int> UsageAsync(TextWriter error, string usage)
    {
        await error.WriteLineAsync($"Usage: {usage}");
        return 2;
    }
}
