namespace ReleaseTracks.Client.Features;

/// <summary>The words around a disclosure, in one language. The disclosure itself is the feature's, or what the page gives instead.</summary>
/// <param name="Label">On the button, such as "AI". Short: it stands beside content.</param>
/// <param name="Title">Heading of the popover and name of the button for screen readers, such as "AI is used here".</param>
/// <param name="More">Text of the link to the disclosure's address.</param>
/// <param name="Close">Text of the button that closes the popover.</param>
public sealed record DisclosureWords(string Label, string Title, string More, string Close)
{
    /// <summary>The default.</summary>
    public static DisclosureWords English { get; } = new("AI", "AI is used here", "Read more", "Close");
}
