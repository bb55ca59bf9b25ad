namespace ReleaseTracks.Demo.SampleApp;

/// <summary>What the sample app's code knows about a feature: its key, and the variant that is the plain path.</summary>
internal sealed record DemoFeature(string Key, string Fallback, string Special, string SpecialName)
{
    public static DemoFeature RankedFeed { get; } = new("ranked-feed", "chronological", "ranked", "AI-ranked feed");

    public static DemoFeature Summaries { get; } = new("ai-summaries", "excerpt", "summary", "AI summaries");

    public static DemoFeature Cards { get; } = new("compact-cards", "list", "cards", "compact cards");

    public static IReadOnlyList<DemoFeature> All { get; } = [RankedFeed, Summaries, Cards];

    public IEnumerable<string> Variants => [Fallback, Special];
}
