using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Plans.Preview;

/// <summary>Users of one track for whom something is new.</summary>
public sealed record Reached(TrackKey Track, long Users, double Percent);

/// <summary>One thing that would be different; null is absent.</summary>
public sealed record DiffLine(string What, string? Before, string? After);

public sealed record DiffPart(string Resource, ImmutableArray<DiffLine> Lines);

/// <summary>
/// A plan's document as people read it. It is read from the document and nothing else, because the hash that is approved
/// covers the document.
/// </summary>
public sealed record PlanReading(
    ExposureEffect Effect, long Users, ImmutableArray<Reached> Reached, ImmutableArray<Reached> Entering,
    ImmutableArray<RuleResult> Rules, int ApprovalsNeeded, ImmutableArray<DiffPart> Diff)
{
    public static PlanReading Of(Plan plan)
    {
        var input = new JsonInput(plan.Document, "", new());
        var blast = input.Member("blastRadius");
        return new(
            Enum.TryParse<ExposureEffect>(input.Member("exposure").OptionalString(63), true, out var effect) ? effect : ExposureEffect.Raises,
            blast.Member("users").Whole() ?? 0,
            [.. blast.Member("tracks").Items(int.MaxValue).Select(Reach)],
            [.. blast.Member("entering").Items(int.MaxValue).Select(Reach)],
            [.. input.Member("rules").Items(int.MaxValue).Select(Rule)],
            plan.ApprovalsNeeded,
            [.. input.Member("diff").Items(int.MaxValue).Select(part => new DiffPart(
                part.Member("resource").OptionalString(300) ?? "", DiffLines.Of(part.Member("before").Element, part.Member("after").Element)))]);
    }

    public RuleResult? Denial => Rules.FirstOrDefault(rule => rule.Outcome == RuleOutcome.Deny);

    private static Reached Reach(JsonInput input) => new(
        TrackKeys.TryParse(input.Member("track").OptionalString(63), out var track) ? track : TrackKey.Stable,
        input.Member("users").Whole() ?? 0,
        input.Member("percent").Number() ?? 0);

    private static RuleResult Rule(JsonInput input) => new(
        input.Member("rule").OptionalString(200) ?? "",
        Enum.TryParse<RuleOutcome>(input.Member("outcome").OptionalString(63), true, out var outcome) ? outcome : RuleOutcome.Deny,
        input.Member("detail").OptionalString(int.MaxValue) ?? "");
}

/// <summary>What is different between two JSON values, line by line, in words where there are better ones than the path.</summary>
public static class DiffLines
{
    public static ImmutableArray<DiffLine> Of(JsonElement before, JsonElement after)
    {
        var (was, now) = (Flatten(before), Flatten(after));
        return
        [
            .. now.Keys.Union(was.Keys, StringComparer.Ordinal)
                .Where(path => was.GetValueOrDefault(path) != now.GetValueOrDefault(path))
                .Select(path => new DiffLine(Words(path), was.GetValueOrDefault(path), now.GetValueOrDefault(path))),
        ];
    }

    private static Dictionary<string, string> Flatten(JsonElement value)
    {
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        Add("", value);
        return lines;

        void Add(string path, JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var member in element.EnumerateObject())
                    Add(path.Length == 0 ? member.Name : $"{path}.{member.Name}", member.Value);
            }
            else if (Text(element) is { Length: > 0 } text)
            {
                lines[path] = text;
            }
        }
    }

    private static string Text(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null => "",
        JsonValueKind.String => element.GetString() ?? "",
        JsonValueKind.Array when element.EnumerateArray().All(item => Has(item, "weight")) => string.Join(", ", element.EnumerateArray()
            .Select(item => $"{item.GetProperty("variant").GetString()} {Components.Show.Weight(item.GetProperty("weight").GetDouble())}")),
        JsonValueKind.Array when element.EnumerateArray().All(item => Has(item, "to")) => Ranges(element),
        JsonValueKind.Array when element.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            string.Join(", ", element.EnumerateArray().Select(item => item.GetString())),
        _ => element.GetRawText(),
    };

    private static string Ranges(JsonElement ranges)
    {
        var from = 0d;
        var parts = new List<string>();
        foreach (var range in ranges.EnumerateArray())
        {
            var to = range.GetProperty("to").GetDouble();
            parts.Add($"{range.GetProperty("variant").GetString() ?? "the product's default"} {Components.Show.Weight(to - from)}");
            from = to;
        }

        return string.Join(", ", parts);
    }

    private static bool Has(JsonElement item, string name) => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out _);

    private static string Words(string path)
    {
        var parts = path.Split('.', 2);
        return parts switch
        {
            ["serves", var track] when TrackKeys.TryParse(track, out var key) => $"{Components.TrackLabels.Label(key)} users get",
            ["releases", var track] when TrackKeys.TryParse(track, out var key) => $"Release on {Components.TrackLabels.Label(key)}",
            ["rolledBack"] => "Rolled back on",
            _ => path,
        };
    }
}
