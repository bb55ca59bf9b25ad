using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans;

/// <summary>What reading back a plan found: nothing wrong, or what is served instead of what was approved.</summary>
public sealed record ReadBackResult(ImmutableArray<string> Differences, string Detail)
{
    public bool IsVerified => Differences.IsEmpty;
}

/// <summary>
/// Compares what is served with what an applied plan said would be. It goes by the plan's document, which was approved,
/// and by the evaluator, which answers users: what lies between the two is what is being checked.
/// </summary>
public static class ReadBack
{
    /// <summary>Besides every range of every track, so many users are evaluated the way a request is.</summary>
    private const int Probes = 32;

    /// <summary>Documents of an older version do not say what is served, so there is nothing to compare.</summary>
    public static bool IsPossible(PlanModel model) => Diff(model).All(row => !IsServedFeature(row) || row.GetProperty("after").TryGetProperty(PlanDiff.Serves, out _));

    public static ReadBackResult Compare(PlanModel model, Snapshot state)
    {
        var differences = ImmutableArray.CreateBuilder<string>();
        var (same, overtaken) = (0, 0);
        foreach (var row in Diff(model))
        {
            var resource = row.GetProperty("resource").GetString()!;
            if (StaleCheck.ChangedAt(resource, state) > model.AppliedRevision)
                overtaken++;
            else if (Difference(resource, row.GetProperty("after"), state) is { } difference)
                differences.Add($"{Text.Shown(resource)}: {difference}");
            else
                same++;
        }

        var detail = differences.Count > 0 ? string.Join(' ', differences.Take(10))
            : overtaken == 0 ? $"{Resources(same)} served as the plan says."
            : $"{Resources(same)} served as the plan says; {overtaken} have changed since.";
        return new(differences.ToImmutable(), detail);
    }

    private static string Resources(int count) => count == 1 ? "1 resource is" : $"{count} resources are";

    private static IEnumerable<JsonElement> Diff(PlanModel model) =>
        model.Plan.Document.TryGetProperty("diff", out var diff) && diff.ValueKind == JsonValueKind.Array ? diff.EnumerateArray() : [];

    private static bool IsServedFeature(JsonElement row) => row.GetProperty("after").ValueKind == JsonValueKind.Object
        && row.GetProperty("resource").GetString()!.StartsWith("feature/", StringComparison.Ordinal);

    private static string? Difference(string resource, JsonElement expected, Snapshot state)
    {
        var present = Json.Build(json => PlanDiff.WriteResource(json, state, resource));
        if (!JsonElement.DeepEquals(present, expected))
            return "it is not as the plan says.";
        if (!resource.StartsWith("feature/", StringComparison.Ordinal))
            return null;
        var feature = state.FindServed(resource["feature/".Length..]);
        if (feature is null || expected.ValueKind != JsonValueKind.Object)
            return feature is null == (expected.ValueKind != JsonValueKind.Object) ? null : "whether it is served at all is not as the plan says.";
        return TrackKeys.All.Select(track => Difference(feature, track, expected.GetProperty(PlanDiff.Serves).GetProperty(track.Wire()))).FirstOrDefault(found => found is not null);
    }

    private static string? Difference(FeatureModel feature, TrackKey track, JsonElement ranges)
    {
        for (var i = 0; i < Probes; i++)
        {
            var user = $"read-back-{i}";
            var bucket = Bucketing.Percentage(user, Bucketing.Hint(feature.Config.Key));
            var range = ranges.EnumerateArray().FirstOrDefault(one => bucket < one.GetProperty("to").GetDouble(), ranges[ranges.GetArrayLength() - 1]);
            var (said, served) = (range.GetProperty("variant").GetString(), Evaluator.Evaluate(feature, track, user).Variant?.Name);
            if (said != served)
                return $"bucket {bucket:0.##} of {track.Wire()} is served {served ?? "nothing"} instead of {said ?? "nothing"}.";
        }

        return null;
    }
}
