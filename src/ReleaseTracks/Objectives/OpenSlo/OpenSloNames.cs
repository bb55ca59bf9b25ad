using System.Security.Cryptography;
using System.Text;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>What OpenSLO v1 calls things, and what we add to it as annotations.</summary>
internal static class OpenSloNames
{
    public const string Version = "openslo/v1";
    public const string Slo = "SLO";
    public const string Occurrences = "Occurrences";
    public const string Prometheus = "Prometheus";

    public const string Prefix = "releasetracks.";
    public const string Track = Prefix + "track";
    public const string Feature = Prefix + "feature";
    public const string Id = Prefix + "id";
    public const string Indicator = Prefix + "indicator";
    public const string OnBreach = Prefix + "on-breach";
    public const string Alpha = Prefix + "alpha";
    public const string Margin = Prefix + "margin";
    public const string SharedOutage = Prefix + "shared-outage";
    public const string MinBudgetSpent = Prefix + "min-budget-spent";
    public const string TotalFrom = Prefix + "total-from";

    private const int Longest = 63;
    private const int HashDigits = 8;

    public static string[] Annotations { get; } =
        [Track, Feature, Id, Indicator, OnBreach, Alpha, Margin, SharedOutage, MinBudgetSpent, TotalFrom];

    /// <summary>
    /// A DNS label for everyone. Names that would be too long, end badly, or be those of another get a hash of what they
    /// name; the annotations, not the name, say which objective it is.
    /// </summary>
    public static IReadOnlyList<string> For(IReadOnlyList<ScopedObjective> objectives)
    {
        var plain = objectives.Select(Plain).ToArray();
        var taken = plain.CountBy(name => name, StringComparer.Ordinal).Where(count => count.Value > 1).Select(count => count.Key).ToHashSet(StringComparer.Ordinal);
        return [.. plain.Zip(objectives, (name, one) => name.Length <= Longest && name[^1] != '-' && !taken.Contains(name) ? name : Hashed(name, one))];
    }

    private static string Plain(ScopedObjective one) =>
        one.Track is { } track ? $"track-{track.Wire()}-{one.Objective.Id}" : $"feature-{one.Feature}-{one.Objective.Id}";

    private static string Hashed(string name, ScopedObjective one)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{one.Resource}\n{one.Objective.Id}")).AsSpan(0, HashDigits / 2));
        return $"{name[..Math.Min(name.Length, Longest - HashDigits - 1)]}-{hash}";
    }
}
