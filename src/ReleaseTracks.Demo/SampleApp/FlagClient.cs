using System.Text.Json;

namespace ReleaseTracks.Demo.SampleApp;

/// <summary>
/// What the server says one user gets of one feature. Without a variant (killed) the plain path is served. The
/// disclosure belongs where the AI is at work: on the plain path there is none.
/// </summary>
internal sealed record Assignment(string Track, string Variant, string Cause, string? Disclosure);

/// <summary>
/// Asks the server over OFREP, for each request: its answers say <c>no-store</c>, and so a rollback reaches every user
/// with their next page. Null when the server does not answer; the code's own default, the plain path, applies then.
/// </summary>
internal sealed class FlagClient(HttpClient http)
{
    public async Task<Assignment?> EvaluateAsync(DemoFeature feature, string user, CancellationToken cancel)
    {
        try
        {
            using var response = await http.PostAsJsonAsync(
                $"ofrep/v1/evaluate/flags/{feature.Key}", new { context = new { targetingKey = user } }, cancel);
            if (!response.IsSuccessStatusCode)
                return null;
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(cancel);
            var metadata = answer.GetProperty("metadata");
            var variant = Text(answer, "variant") ?? feature.Fallback;
            return new(
                metadata.GetProperty("track").GetString()!,
                variant,
                Text(metadata, "cause") ?? "",
                variant == feature.Fallback ? null : Text(metadata, "disclosureText"));
        }
        catch (Exception lost) when (!cancel.IsCancellationRequested && lost is HttpRequestException or OperationCanceledException or JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
