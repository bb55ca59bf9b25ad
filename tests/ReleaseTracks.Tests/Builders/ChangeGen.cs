using System.Collections.Immutable;
using CsCheck;
using ReleaseTracks.Alerts;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Builders;

/// <summary>A wish that becomes a possible change once the state is known, or nothing.</summary>
internal sealed record Step(int Op, Feature Feature, TrackKey Track, int Cut, Track TrackConfig)
{
    public Change? On(Snapshot state)
    {
        var existing = state.FindUnarchived(Feature.Key);
        return Op switch
        {
            0 => new Change.FeaturePut(Feature with { Disclosure = Feature.Disclosure?.Replacing(state.Find(Feature.Key)?.Config.Disclosure) }),
            1 when existing is not null => new Change.FeatureArchive(Feature.Key),
            2 when existing is { Switches.Killed: true } => new Change.FeatureRevive(Feature.Key),
            3 when existing is not null => new Change.ReleaseSet(Feature.Key, Track, Allocation(existing.Config.Variants)),
            4 when existing?.Config.Releases.ContainsKey(Track) == true => new Change.ReleaseRemove(Feature.Key, Track),
            5 when existing?.IsRolledBack(Track) == true => new Change.RollbackClear(Feature.Key, Track),
            6 => new Change.TrackPut(TrackConfig with { Disclosure = TrackConfig.Disclosure?.Replacing(state.Tracks[TrackConfig.Key].Config.Disclosure) }),
            7 => new Change.OrganisationPut(new(Feature.Key, Track)),
            8 => new Change.DestinationPut(Destination),
            9 when state.Destinations.GetValueOrDefault(Feature.Key) is { IsRemoved: false } => new Change.DestinationRemove(Feature.Key),
            _ => null,
        };
    }

    private Destination Destination => new()
    {
        Key = Feature.Key,
        Kind = Cut % 2 == 0 ? DestinationKind.Webhook : DestinationKind.Alertmanager,
        Url = $"https://{Feature.Key}.example/{Cut}",
        Events = [.. AlertEvents.All.Where(one => (Cut + 1 + (int)one) % 3 != 0)],
        Secret = Cut % 2 == 0 ? "secret" : null,
    };

    private ImmutableArray<Share> Allocation(ImmutableArray<Variant> variants) => variants.Length == 1
        ? [new(variants[0].Name, 100)]
        : [new(variants[^1].Name, Cut), new(variants[0].Name, 100 - Cut)];
}

internal static class ChangeGen
{
    public static Gen<Step[]> Steps { get; } = Gen.Select(Gen.Int[0, 9], DomainGen.Feature, DomainGen.Track, Gen.Int[0, 100], DomainGen.TrackConfig)
        .Select((op, feature, track, cut, config) => new Step(op, feature, track, cut, config)).Array[1, 6];

    /// <summary>Only changes of features, so that exposure is decided by what is served alone.</summary>
    public static Gen<Step[]> FeatureSteps { get; } = Steps.Select(steps => steps.Where(step => step.Op < 6).ToArray());

    public static ImmutableArray<Change> Possible(Snapshot state, IEnumerable<Step> steps)
    {
        var changes = ImmutableArray.CreateBuilder<Change>();
        foreach (var step in steps)
        {
            if (step.On(state) is not { } change)
                continue;
            changes.Add(change);
            state = Apply(state, change);
        }

        return changes.ToImmutable();
    }

    public static Snapshot Apply(Snapshot state, params IEnumerable<Change> changes)
    {
        foreach (var change in changes)
        {
            var errors = new InputErrors();
            state = ChangeApplier.Apply(state, change, state.Revision + 1, errors, "");
            Assert.Empty(errors.All);
        }

        return state;
    }

    public static string Json(IEnumerable<Change> changes) => Make.Text(json =>
    {
        json.WriteStartArray();
        foreach (var change in changes)
            ChangeJson.Write(json, change);
        json.WriteEndArray();
    });
}
