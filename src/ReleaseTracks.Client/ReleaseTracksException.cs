using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;

namespace ReleaseTracks.Client;

/// <summary>
/// A call was not done. The message is the server's own text, which says what to do about it; it is written for whoever
/// runs the app, so choose words of your own for a user by <see cref="Problem"/>.
/// </summary>
public sealed class ReleaseTracksException : Exception
{
    private const string Prefix = "urn:releasetracks:problem:";

    internal ReleaseTracksException(string problem, string message, Exception? inner = null)
        : base(message, inner) => Problem = problem;

    /// <summary>
    /// What is wrong, such as <c>disclosure-not-current</c>, <c>above-ceiling</c>, <c>track-closed</c> or <c>invalid</c>;
    /// <c>no-answer</c> if the server gave none: then it may have been done or not.
    /// </summary>
    public string Problem { get; }

    /// <summary>The HTTP status of the answer; null without one.</summary>
    public int? Status { get; private init; }

    /// <summary>What is wrong with each part of the request, by its path; empty for other problems.</summary>
    public IReadOnlyDictionary<string, ImmutableArray<string>> Errors { get; private init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>From whatever came back: a proxy in between answers in other words.</summary>
    internal static async Task<ReleaseTracksException> OfAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        var status = (int)answer.StatusCode;
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
            var type = problem.GetProperty("type").GetString() ?? "";
            var detail = $"{problem.GetProperty("title").GetString()} {problem.GetProperty("detail").GetString()}";
            return new(type.StartsWith(Prefix, StringComparison.Ordinal) ? type[Prefix.Length..] : "refused", detail)
            {
                Status = status,
                Errors = ReadErrors(problem),
            };
        }
        catch (Exception garbled) when (garbled is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new("refused", $"The server answered {status} without saying why.") { Status = status };
        }
    }

    private static ImmutableDictionary<string, ImmutableArray<string>> ReadErrors(JsonElement problem) =>
        problem.TryGetProperty("errors", out var errors)
            ? errors.EnumerateObject().ToImmutableDictionary(
                error => error.Name, error => error.Value.EnumerateArray().Select(text => text.GetString() ?? "").ToImmutableArray(), StringComparer.Ordinal)
            : ImmutableDictionary<string, ImmutableArray<string>>.Empty;
}
