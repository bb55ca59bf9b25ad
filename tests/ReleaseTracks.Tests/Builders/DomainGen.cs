using System.Collections.Immutable;
using CsCheck;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Builders;

/// <summary>Random domain objects that the JSON readers accept.</summary>
internal static class DomainGen
{
    private static readonly string[] Keys = ["a", "b", "c"];
    private static readonly string[] Names = ["alt", "off", "on", "🚀 x", "z"];

    private static readonly string[][] Values =
    [
        ["true", "false"], ["1", "2.5", "-0.001"], ["\"\"", "\"text\"", "\"🚀\""], ["[]", "[1,[2]]"], ["{}", "{\"a\":{\"b\":1}}"],
    ];

    public static Gen<TrackKey> Track { get; } = Gen.Int[0, 2].Select(i => (TrackKey)i);

    public static Gen<string> Key { get; } = Gen.Int[0, Keys.Length - 1].Select(i => Keys[i]);

    public static Gen<string> Label { get; } = Gen.Char.Where(c => !char.IsSurrogate(c) && !char.IsControl(c)).Array[0, 12].Select(chars => new string(chars));

    public static Gen<Disclosure> Disclosure { get; } = Gen.Select(Gen.Int[1, 3], Label, Gen.Bool)
        .Select((version, text, uri) => new Disclosure(version, text + "!", uri ? "https://example.org/ai" : null));

    public static Gen<Objective> Objective { get; } = Gen.Select(
        Gen.Int[0, 3], Gen.Double[0.5, 0.9999], Gen.Int[1, 2160], Gen.Int[0, 3], Gen.Double[0.001, 0.4], Gen.Double[1, 9], Gen.Bool, Gen.Int[0, 2])
        .Select((indicator, target, hours, onBreach, alpha, margin, rollback, source) => new Objective
        {
            Id = "o",
            Indicator = (Indicator)indicator,
            Target = target,
            Window = TimeSpan.FromHours(hours),
            OnBreach = onBreach == 3 ? null : (BreachAction)onBreach,
            Alpha = alpha,
            Margin = margin,
            SharedOutage = rollback ? SharedOutageAction.Rollback : SharedOutageAction.Hold,
            MinBudgetSpent = alpha,
            TotalFrom = indicator == (int)Indicator.Harm ? Indicator.Availability : null,
            Source = source switch { 0 => null, 1 => new("good_total", null, "total"), _ => new(null, "bad_total{le=\"0.5\"}", "total") },
        });

    /// <summary>Whole percents, so that sums are exact; zero weights occur.</summary>
    public static Gen<ImmutableArray<Share>> Allocation(ImmutableArray<Variant> variants) =>
        Gen.Select(Gen.Shuffle(variants.Select(variant => variant.Name).ToArray()), Gen.Int[0, 100].Array[variants.Length - 1])
            .Select((names, cuts) =>
            {
                int[] bounds = [0, .. cuts.Order(), 100];
                return names.Select((name, i) => new Share(name, bounds[i + 1] - bounds[i])).ToImmutableArray();
            });

    public static Gen<ImmutableArray<Variant>> Variants { get; } = Gen.Select(Gen.Int[0, Values.Length - 1], Gen.Int[1, Names.Length], Gen.Int[0, 5])
        .Select((kind, count, shift) => Names.Take(count)
            .Select((name, i) => Make.Variant(name, Values[kind][(i + shift) % Values[kind].Length]))
            .OrderBy(variant => variant.Name, StringComparer.Ordinal).ToImmutableArray());

    public static Gen<Feature> Feature { get; } =
        from key in Key
        from variants in Variants
        from fallback in Gen.Int[0, variants.Length - 1]
        from released in Gen.Bool.Array[3]
        from allocations in Allocation(variants).Array[3]
        from name in Label
        from ai in Gen.Bool
        from disclosure in Disclosure
        from objective in Objective.Array[0, 1]
        select new Feature
        {
            Key = key,
            Name = name,
            Owner = name,
            Ai = ai,
            Variants = variants,
            Fallback = variants[fallback].Name,
            Disclosure = ai ? disclosure : null,
            Releases = TrackKeys.All.Where(track => released[(int)track]).ToImmutableSortedDictionary(track => track, track => allocations[(int)track]),
            Objectives = [.. objective],
        };

    /// <summary>Also rolled back, killed and archived ones.</summary>
    public static Gen<FeatureModel> Model { get; } =
        from feature in Feature
        from rolledBack in Gen.Int[0, 5].Array[3]
        from killed in Gen.Int[0, 5]
        from archived in Gen.Int[0, 5]
        select new FeatureModel(feature, 1, FeatureSwitches.None with
        {
            RolledBack = TrackKeys.All.Where(track => rolledBack[(int)track] == 0).ToImmutableSortedDictionary(track => track, _ => "r1"),
            KilledReason = killed == 0 ? "harm" : null,
            Archived = archived == 0,
        });

    public static Gen<Snapshot> Snapshot { get; } = Model.Array[0, 4].Select(models =>
        Make.Snapshot([.. models.DistinctBy(model => model.Config.Key, StringComparer.Ordinal)]));

    public static Gen<TrackLimits> Limits { get; } = Gen.Select(Gen.Int[0, 100], Gen.Int[0, 500], Gen.Int[0, 100], Gen.Int[1, 100], Gen.Int[0, 2])
        .Select((soak, volume, cooldown, step, windows) => new TrackLimits
        {
            SoakTime = TimeSpan.FromHours(soak),
            SoakVolume = volume,
            RollbackCooldown = TimeSpan.FromMinutes(cooldown),
            MaxStepPercent = step,
            FreezeWindows = [.. Enumerable.Range(1, windows).Select(i => new FreezeWindow($"0 {i} * * FRI", TimeSpan.FromHours(i), "UTC"))],
        });

    public static Gen<Track> TrackConfig { get; } =
        from key in Track
        from name in Label
        from disclosure in Disclosure
        from optIn in Gen.Bool
        from objective in Objective.Array[0, 1]
        from steps in Label.Select(label => label + ".").Array[0, 3]
        from cohort in Gen.Int[0, 100]
        from limits in Limits
        select new Track
        {
            Key = key,
            Name = name,
            OptIn = optIn || key == TrackKey.Ai,
            Disclosure = optIn || key == TrackKey.Ai ? disclosure : null,
            Objectives = [.. objective],
            Playbook = [.. steps],
            Limits = limits,
            CohortPercent = key == TrackKey.Innovative ? cohort : 0,
        };
}
