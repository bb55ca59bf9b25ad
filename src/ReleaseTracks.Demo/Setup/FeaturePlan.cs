using System.Text.Json;
using ReleaseTracks.Demo.SampleApp;

namespace ReleaseTracks.Demo.Setup;

/// <summary>The demo's features as the changes of one plan, on a fresh server or on one that had them before.</summary>
internal static class FeaturePlan
{
    /// <summary>
    /// The ranked feed keeps a tenth of its own track on the plain path: a control group under the same conditions.
    /// </summary>
    public static IEnumerable<object> Changes(JsonElement present) =>
    [
        Put(DemoFeature.RankedFeed, ai: true, "ai", special: 90,
            "An AI model orders the feed by what you may like. It can hide news that matters to you."),
        Put(DemoFeature.Summaries, ai: true, "ai", special: 100,
            "An AI model writes the summary. It can be wrong: read the article before you act on it."),
        Put(DemoFeature.Cards, ai: false, "innovative", special: 100, disclosure: null),
        .. Revivals(present),
    ];

    private static object Put(DemoFeature feature, bool ai, string track, int special, string? disclosure) => new
    {
        op = "feature.put",
        feature = new Dictionary<string, object?>
        {
            ["key"] = feature.Key,
            ["name"] = feature.SpecialName,
            ["owner"] = "the-daily-feed",
            ["ai"] = ai,
            ["variants"] = feature.Variants.ToDictionary(variant => variant, variant => variant),
            ["fallback"] = feature.Fallback,
            ["disclosure"] = disclosure is null ? null : new { version = 1, text = disclosure },
            ["releases"] = new Dictionary<string, object>
            {
                [track] = special == 100
                    ? new[] { new { variant = feature.Special, weight = 100 } }
                    : new[] { new { variant = feature.Special, weight = special }, new { variant = feature.Fallback, weight = 100 - special } },
            },
            // The AI track has no latency objective of its own: these features promise theirs.
            ["objectives"] = ai ? new object[] { new { id = "latency", indicator = "latency", target = 0.95, window = "28d" } } : [],
        }.Where(member => member.Value is not null).ToDictionary(),
    };

    /// <summary>What an earlier run on the same data left behind: rolled back or killed.</summary>
    private static IEnumerable<object> Revivals(JsonElement present)
    {
        foreach (var feature in present.EnumerateArray())
        {
            var key = feature.GetProperty("key").GetString()!;
            if (DemoFeature.All.All(known => known.Key != key))
                continue;
            if (feature.GetProperty("killed").GetBoolean())
                yield return new { op = "feature.revive", feature = key };
            foreach (var track in feature.GetProperty("tracks").EnumerateArray())
            {
                if (track.GetProperty("rollback").ValueKind == JsonValueKind.String)
                    yield return new { op = "rollback.clear", feature = key, track = track.GetProperty("track").GetString() };
            }
        }
    }
}
