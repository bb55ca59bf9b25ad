using ReleaseTracks.Browser.Tests.Harness;

namespace ReleaseTracks.Browser.Tests.Map;

/// <summary>Products with a past, small and large.</summary>
internal static class MapStory
{
    private static readonly string[] Names =
    [
        "Smart replies", "Meeting notes", "Semantic search", "Draft emails", "Spelling", "Voice to text", "Image captions", "Feed ranking",
        "Thread summaries", "Tone check", "Auto tags", "Translate", "Code hints", "Chart builder", "Receipt scan", "Calendar assistant",
        "Contact merge", "Fraud signals", "Price hints", "Reply later",
    ];

    /// <summary>Three features: one matures, one fails and comes back, one is just out.</summary>
    public static async Task FillSmallAsync(LiveServer server)
    {
        await server.HurryAsync();
        await server.AddFeatureAsync("search", "Semantic search", "ai", 10);
        await server.AddFeatureAsync("smart-replies", "Smart replies", "ai", 25);
        await ReleaseAsync(server, "search", "ai", 100);
        await ReleaseAsync(server, "search", "innovative", 25);
        await server.PostAsync("/api/v1/features/smart-replies/rollback", new { track = "ai", reason = "Replies in the wrong language" });
        await server.AddFeatureAsync("notes", "Meeting notes", "ai", 50);
        await server.ApplyAsync(new { op = "rollback.clear", feature = "smart-replies", track = "ai" });
        await ReleaseAsync(server, "smart-replies", "ai", 100);
        await ReleaseAsync(server, "search", "stable", 100);
        await ReleaseAsync(server, "smart-replies", "innovative", 50);
        await server.PostAsync("/api/v1/features/notes/rollback", new { track = "ai", reason = "Names of guests were invented" });
        await server.ReportPlainAsync("search");
        await server.ReportPlainAsync("smart-replies");
    }

    /// <summary>Sixty features over about a hundred and fifty changes.</summary>
    public static async Task FillLargeAsync(LiveServer server)
    {
        await server.HurryAsync();
        for (var index = 0; index < 60; index++)
        {
            var key = Key(index);
            await server.AddFeatureAsync(key, Names[index % Names.Length] + (index < Names.Length ? "" : $" {(index / Names.Length) + 1}"), "ai", 10 + (index * 37 % 90));
            if (index >= 6 && index % 2 == 0)
                await ReleaseAsync(server, Key(index - 6), "innovative", 20 + (index * 13 % 80));
            if (index >= 14 && index % 6 == 0)
                await ReleaseAsync(server, Key(index - 14), "stable", 100);
            if (index >= 4 && index % 14 == 0)
                await server.PostAsync($"/api/v1/features/{Key(index - 3)}/rollback", new { track = "ai", reason = "Failed too often" });
            if (index >= 20 && index % 14 == 6)
                await server.ApplyAsync(new { op = "rollback.clear", feature = Key(index - 9), track = "ai" });
        }

        foreach (var index in Enumerable.Range(0, 58))
            await server.ReportPlainAsync(Key(index));
        await server.PostAsync($"/api/v1/features/{Key(40)}/kill", new { reason = "Legal asked for it" });
    }

    public static string Key(int index) => $"feature-{index:00}";

    public static Task ReleaseAsync(LiveServer server, string feature, string track, double weight) => server.ApplyAsync(new
    {
        op = "release.set",
        feature,
        track,
        allocation = weight < 100
            ? new object[] { new { variant = "on", weight }, new { variant = "off", weight = 100 - weight } }
            : [new { variant = "on", weight }],
    });
}
