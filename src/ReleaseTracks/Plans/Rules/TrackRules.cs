using System.Globalization;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>From ai to innovative to stable, one at a time, so that each track's users see it before the next ones.</summary>
internal sealed class OneStepRule : IPlanRule
{
    public string Name => "one-step";

    public RuleResult Check(RuleInputs inputs) => this.DenyAny(
        TrackSteps.Of(inputs).Where(step => IsJump(inputs, step)).Select(step => TrackSteps.Above(step.To) is var above
            ? $"{step.Feature} would reach {step.To.Wire()} without serving {above.Wire()} first: release it there, then move it one track at a time."
            : ""),
        "No feature skips a track.");

    /// <summary>
    /// A feature without AI may start on any track, if it starts: one that was released anywhere goes step by step. An AI
    /// feature starts on ai.
    /// </summary>
    private static bool IsJump(RuleInputs inputs, TrackStep step)
    {
        var before = inputs.Before.Find(step.Feature);
        if (before is { Switches.Archived: false } && before.Exposes(TrackSteps.Above(step.To)))
            return false;
        var ai = inputs.After.Find(step.Feature)!.Config.Ai || before?.Config.Ai == true;
        return ai || (before is not null && HasRelease(before));
    }

    private static bool HasRelease(FeatureModel feature) =>
        feature.Config.Releases.Values.Any(shares => shares.Any(share => share.Weight > 0 && share.Variant != feature.Config.Fallback));
}

/// <summary>A feature serves a track for long enough, and often enough, before it moves on towards stable.</summary>
internal sealed class SoakTimeRule : IPlanRule
{
    public string Name => "soak-time";

    public RuleResult Check(RuleInputs inputs) => this.DenyAny(
        TrackSteps.Of(inputs).Select(step => Missing(inputs, step)).OfType<string>(), "Every feature has served its present track for long enough.");

    private static string? Missing(RuleInputs inputs, TrackStep step)
    {
        var from = TrackSteps.Above(step.To);
        var limits = inputs.LimitsOf(from);
        if (inputs.Before.FindUnarchived(step.Feature) is not { } before || !before.Exposes(from))
            return null;
        var served = before.ServingSince.TryGetValue(from, out var since) ? inputs.Live.Now - since : TimeSpan.Zero;
        var events = inputs.Live.Rows.Where(row => row.Feature == step.Feature && row.Track == from).Select(row => row.Events).DefaultIfEmpty().Max();
        if (served >= limits.SoakTime && events >= limits.SoakVolume)
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{step.Feature} has served {from.Wire()} for {Durations.Format(Whole(served))} and {events:N0} events; before {step.To.Wire()} it needs {Durations.Format(limits.SoakTime)} and {limits.SoakVolume:N0} events.");
    }

    private static TimeSpan Whole(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromSeconds(Math.Floor(span.TotalSeconds));
}

/// <summary>What rises on a track in one plan is at most what the track allows.</summary>
internal sealed class MaxStepRule : IPlanRule
{
    public string Name => "max-step";

    public RuleResult Check(RuleInputs inputs) => this.DenyAny(Raised(inputs).Concat(Cohorts(inputs)), "No step is larger than its track allows.");

    private static IEnumerable<string> Raised(RuleInputs inputs) => inputs.Raised
        .Where(share => share.Raised > inputs.LimitsOf(share.Track).MaxStepPercent)
        .Select(share => Sentence(inputs, share.Feature, share.Track, share.Raised));

    private static IEnumerable<string> Cohorts(RuleInputs inputs) => inputs.Exposure.Entering
        .Where(entry => entry.Percent > inputs.LimitsOf(entry.Track).MaxStepPercent)
        .Select(entry => Sentence(inputs, "The cohort", entry.Track, entry.Percent));

    private static string Sentence(RuleInputs inputs, string what, TrackKey track, double percent) => string.Create(
        CultureInfo.InvariantCulture,
        $"{what} would rise for {percent:0.##} % of {track.Wire()} in one plan; at most {inputs.LimitsOf(track).MaxStepPercent:0.##} % is allowed.");
}

/// <summary>One feature reaches a track on which it has exposed nothing so far.</summary>
internal readonly record struct TrackStep(string Feature, TrackKey To);

internal static class TrackSteps
{
    public static TrackKey Above(TrackKey track) => track + 1;

    /// <summary>The lowest new track of each feature that has a track above it: higher tracks inherit, so it is the widest step.</summary>
    public static IEnumerable<TrackStep> Of(RuleInputs inputs) => inputs.Raised
        .Where(share => share.Track < TrackKey.Ai && inputs.Before.FindUnarchived(share.Feature)?.Exposes(share.Track) != true)
        .GroupBy(share => share.Feature, StringComparer.Ordinal)
        .Select(group => new TrackStep(group.Key, group.Min(share => share.Track)));
}
