using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Access;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Builders;

/// <summary>Domain objects in one line each. An allocation is written <c>"on:60 off:40"</c>.</summary>
internal static class Make
{
    public static readonly Actor Actor = new(ActorKinds.Bootstrap, "bootstrap", "bearer");
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 30, 0, TimeSpan.Zero);

    public static JsonElement Json(string text) => JsonElement.Parse(text);

    /// <summary>off = false (the fallback), on = true, and alt = true under another name.</summary>
    public static Feature Feature(string key = "f", string? stable = null, string? innovative = null, string? ai = null) => new()
    {
        Key = key,
        Name = key,
        Variants = [Variant("alt", "true"), Variant("off", "false"), Variant("on", "true")],
        Fallback = "off",
        Releases = Releases(stable, innovative, ai),
    };

    public static Variant Variant(string name, string json) => new(name, Json(json));

    public static ImmutableArray<Share> Allocation(string text) =>
        [.. text.Split(' ').Select(share => share.Split(':')).Select(parts => new Share(parts[0], double.Parse(parts[1], CultureInfo.InvariantCulture)))];

    public static FeatureModel Model(Feature feature, params TrackKey[] rolledBack) =>
        new(feature, 1, FeatureSwitches.None with { RolledBack = rolledBack.ToImmutableSortedDictionary(track => track, _ => "r1") });

    public static FeatureModel Killed(Feature feature) => new(feature, 1, FeatureSwitches.None with { KilledReason = "harm" });

    public static FeatureModel Archived(FeatureModel model) => model.With(model.Revision, switches: model.Switches with { Archived = true });

    /// <summary>The default tracks at revision 1 and the given features.</summary>
    public static Snapshot Snapshot(params FeatureModel[] features) => ReleaseTracks.Snapshots.Snapshot.Empty with
    {
        Revision = 1,
        Tracks = DefaultTracks.All.ToImmutableSortedDictionary(track => track.Key, track => new TrackModel(track, 1)),
        Features = features.ToImmutableSortedDictionary(model => model.Config.Key, model => model, StringComparer.Ordinal),
    };

    public static Snapshot Snapshot(params Feature[] features) => Snapshot([.. features.Select(feature => Model(feature))]);

    public static Snapshot With(this Snapshot state, FeatureModel model) =>
        state with { Features = state.Features.SetItem(model.Config.Key, model) };

    public static Snapshot With(this Snapshot state, TrackKey track, Func<TrackModel, TrackModel> change) =>
        state with { Tracks = state.Tracks.SetItem(track, change(state.Tracks[track])) };

    public static Snapshot With(this Snapshot state, Organisation organisation) =>
        state with { Organisations = state.Organisations.SetItem(organisation.Id, organisation) };

    public static PlanDraft Draft(Snapshot state, string changes)
    {
        var errors = new InputErrors();
        var draft = PlanDraft.Read(Json($$"""{"title":"t","reason":"r","changes":{{changes}}}"""), state, errors);
        Assert.Empty(errors.All);
        return draft!;
    }

    /// <summary>The state after changes that are given as JSON; they must be possible.</summary>
    public static Snapshot After(Snapshot state, string changes) => Draft(state, changes).After;

    public static IReadOnlyList<InputError> Errors(Snapshot state, string body)
    {
        var errors = new InputErrors();
        Assert.Null(PlanDraft.Read(Json(body), state, errors));
        return errors.All;
    }

    public static IReadOnlyList<InputError> ChangeErrors(Snapshot state, string changes) =>
        Errors(state, $$"""{"changes":{{changes}}}""");

    /// <summary>A plan of <see cref="Actor"/> that so many others must approve if it widens.</summary>
    public static Plan Plan(PlanDraft draft, string id = "p1", int approvers = 0, LiveFacts? live = null) => PlanBuilder.Build(
        draft,
        PlanRules.Judge(draft.Before, draft.After, Actor, live ?? new(Now, approvers)),
        new(id, Actor, new Dictionary<TrackKey, long> { [TrackKey.Ai] = 10 }, Now, TimeSpan.FromHours(24)));

    /// <summary>What the rules say of changes that are given as JSON.</summary>
    public static PlanJudgement Judge(Snapshot state, string changes, LiveFacts? live = null) =>
        PlanRules.Judge(state, After(state, changes), Actor, live ?? new(Now, 1));

    public static string? VariantOf(FeatureModel feature, TrackKey track, string? user) => Evaluator.Evaluate(feature, track, user).Variant?.Name;

    public static string Text(Action<Utf8JsonWriter> write) => ReleaseTracks.Plans.Json.Build(write).GetRawText();

    private static ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>> Releases(params string?[] allocations) =>
        allocations.Select((text, i) => (Track: (TrackKey)i, text)).Where(release => release.text is not null)
            .ToImmutableSortedDictionary(release => release.Track, release => Allocation(release.text!));
}
