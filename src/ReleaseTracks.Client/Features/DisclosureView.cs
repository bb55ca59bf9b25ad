using System.Globalization;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Client.Features;

/// <summary>What is shown where an AI feature is at work.</summary>
internal sealed record DisclosureView(string Id, string Label, string Title, string Text, Uri? Address, string More, string Close)
{
    private static long next;

    /// <summary>Null where no AI is at work: on the plain path there is nothing to disclose.</summary>
    public static DisclosureView? Of(Result? served, ReleaseTracksOptions options, string? label = null, string? title = null)
    {
        if (served is null || !AiServed.IsAi(served) || served.Feature.Disclosure is not { } disclosure)
            return null;
        var words = options.DisclosureWords(CultureInfo.CurrentUICulture);
        // Unique on the page however often the feature is on it, and no more than that.
        var id = string.Create(CultureInfo.InvariantCulture, $"ai-disclosure-{served.Feature.Key}-{Interlocked.Increment(ref next)}");
        return new(id, label ?? words.Label, title ?? words.Title, disclosure.Text, Link(disclosure.Uri), words.More, words.Close);
    }

    /// <summary>Only addresses a browser may be sent to: the text comes from the server, and is not trusted with scripts.</summary>
    private static Uri? Link(string? address) => Uri.TryCreate(address, UriKind.Absolute, out var parsed) && parsed.Scheme is "https" or "http" ? parsed : null;
}
