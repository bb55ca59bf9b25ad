using System.Collections.Immutable;
using ReleaseTracks.Access;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Plans.Rules;

/// <summary>States, moments and changes for the rules, and what one rule says of them.</summary>
internal static class RuleState
{
    /// <summary>An AI feature that serves the ai track since <see cref="Make.Now"/>.</summary>
    public static FeatureModel OnAi(string key = "f", string ai = "on:100", DateTimeOffset? since = null) =>
        Make.Model(AiFeature(key, ai: ai)).Noting(since ?? Make.Now);

    public static Feature AiFeature(string key = "f", string? stable = null, string? innovative = null, string? ai = null) =>
        Make.Feature(key, stable, innovative, ai) with { Ai = true, Disclosure = new(1, "AI writes this.", null) };

    public static Snapshot Limited(this Snapshot state, TrackKey track, Func<TrackLimits, TrackLimits> change) =>
        state.With(track, model => model with { Config = model.Config with { Limits = change(model.Config.Limits) } });

    public static Snapshot WithPeople(this Snapshot state, params Person[] people) =>
        state with { People = state.People.AddRange(people.Select(person => KeyValuePair.Create(person.Id, person))) };

    public static Person Approver(string id) => new(id, id, [Roles.Approver], Make.Now);

    public static LiveFacts Live(params ImmutableArray<RowHealth> rows) => new(Make.Now, 1) { Rows = rows };

    public static RowHealth Row(Verdict verdict = Verdict.Healthy, string? feature = "f", TrackKey track = TrackKey.Ai) =>
        new(feature, track, "availability", verdict) { Reason = "Because." };

    public static string Release(string track, int on, string feature = "f") =>
        $$"""[{"op":"release.set","feature":"{{feature}}","track":"{{track}}","allocation":[{"variant":"on","weight":{{on}}},{"variant":"off","weight":{{100 - on}}}]}]""";

    public static RuleResult Says(string rule, Snapshot state, string changes, LiveFacts? live = null) =>
        Assert.Single(Make.Judge(state, changes, live).Rules, result => result.Rule == rule);

    public static void Denies(string rule, string reason, Snapshot state, string changes, LiveFacts? live = null)
    {
        var result = Says(rule, state, changes, live);
        Assert.Equal(RuleOutcome.Deny, result.Outcome);
        Assert.Contains(reason, result.Detail, StringComparison.Ordinal);
    }

    public static void Passes(string rule, Snapshot state, string changes, LiveFacts? live = null) =>
        Assert.Equal(RuleOutcome.Pass, Says(rule, state, changes, live).Outcome);
}
