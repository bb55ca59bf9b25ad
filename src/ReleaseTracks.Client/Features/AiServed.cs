using System.Globalization;
using Microsoft.AspNetCore.Http;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Client.Features;

/// <summary>
/// The AI features that a response was made with, in its header <c>AI-Disclosure</c>. The name is that of the only
/// published proposal for such a header (draft-abaris-aicdh, a dictionary of RFC 9651 whose unknown keys are passed
/// over); its <c>mode</c> is left out, because only the product knows how much of the response the AI made.
/// </summary>
internal sealed class AiServed
{
    public const string Header = "AI-Disclosure";
    private readonly SortedDictionary<string, int?> features = new(StringComparer.Ordinal);

    public static bool IsAi(Result result) => result is { IsFallback: false, Feature.Ai: true };

    public static void Note(HttpContext http, Result result)
    {
        if (!IsAi(result) || http.Response.HasStarted)
            return;
        if (http.Features.Get<AiServed>() is not { } served)
        {
            http.Features.Set(served = new());
            http.Response.OnStarting(() =>
            {
                http.Response.Headers[Header] = served.Value();
                return Task.CompletedTask;
            });
        }

        served.features[result.Feature.Key] = result.Feature.Disclosure?.Version;
    }

    private string Value() => $"features=({string.Join(' ', features.Select(one => Item(one.Key, one.Value)))})";

    private static string Item(string feature, int? version) => version is { } number
        ? string.Create(CultureInfo.InvariantCulture, $"\"{feature}\";version={number}")
        : $"\"{feature}\"";
}
