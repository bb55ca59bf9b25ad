using System.Collections.Immutable;
using System.Globalization;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Evaluation;

/// <summary>One step on the way to a variant; <see cref="Decides"/> marks the step after which nothing changes any more.</summary>
public sealed record ExplanationStep(string Title, string Detail, bool Decides = false);

/// <summary>What a user gets of a feature and every step of why, in the order in which it is decided.</summary>
public sealed record Explanation(Enrollment Enrollment, Result Result, ImmutableArray<ExplanationStep> Steps);

/// <summary>
/// The long form of <see cref="Evaluator"/>, for people. It looks for the reasons on its own, step by step, and takes
/// the variant from the rule it stopped at: a property test holds it to the evaluator's answer, so that neither can
/// change without the other.
/// </summary>
public static class Explain
{
    public static Explanation Of(Snapshot state, FeatureModel feature, string? user, Enrollment stored, string? organisation)
    {
        var steps = ImmutableArray.CreateBuilder<ExplanationStep>();
        var enrollment = Enroll(state, user, stored, organisation, steps);
        return new(enrollment, Serve(feature, enrollment.Track, user, steps), steps.ToImmutable());
    }

    /// <summary>On a given track, whoever the user is.</summary>
    public static Explanation On(TrackKey track, FeatureModel feature, string? user)
    {
        var steps = ImmutableArray.CreateBuilder<ExplanationStep>();
        steps.Add(new("Track", $"Taken to be {track.Wire()} for this try, whatever the user chose."));
        return new(new(track, EnrollmentSource.Assigned, null), Serve(feature, track, user, steps), steps.ToImmutable());
    }

    private static Enrollment Enroll(Snapshot state, string? user, Enrollment stored, string? organisation, ImmutableArray<ExplanationStep>.Builder steps)
    {
        if (string.IsNullOrEmpty(user))
        {
            steps.Add(new("Track", "Somebody without a user id is on stable."));
            return Enrollment.None;
        }

        var effective = EnrollmentRules.Effective(state, user, stored, organisation);
        steps.Add(new("Enrollment", stored.Source switch
        {
            EnrollmentSource.Default => "The user never chose a track.",
            EnrollmentSource.OptOut => $"The user opted out and is on {stored.Track.Wire()}.",
            EnrollmentSource.OptIn when stored.DisclosureVersion is { } version => $"The user opted in to {stored.Track.Wire()}, having read disclosure version {version}.",
            EnrollmentSource.OptIn => $"The user opted in to {stored.Track.Wire()}.",
            _ => $"The user was put on {stored.Track.Wire()}.",
        }));
        var cohort = state.Tracks.GetValueOrDefault(TrackKey.Innovative)?.Config.CohortPercent ?? 0;
        if (stored.Source == EnrollmentSource.Default && cohort > 0)
            steps.Add(new("Cohort", $"{Number(cohort)} % of those who never chose are on innovative; this user's bucket is {Number(Bucketing.Percentage(user, "cohort\ninnovative"))}."));
        foreach (var id in new[] { organisation, stored.Organisation }.OfType<string>().Distinct(StringComparer.Ordinal))
            steps.Add(new("Organisation", $"{id} allows at most {state.Ceiling(id).Wire()}."));
        steps.Add(new("Track", $"So {effective.Track.Wire()} counts."));
        return effective;
    }

    private static Result Serve(FeatureModel feature, TrackKey track, string? user, ImmutableArray<ExplanationStep>.Builder steps)
    {
        var config = feature.Config;
        if (feature.Switches.Killed)
        {
            steps.Add(new("Killed", "The feature is killed on every track: the product uses its own default.", Decides: true));
            return new(feature, track, null, Reason.Disabled, Cause.Killed);
        }

        for (var level = track; level >= TrackKey.Stable; level--)
        {
            if (feature.IsRolledBack(level))
            {
                steps.Add(new("Rollback", $"Rolled back on {level.Wire()}: the fallback, {config.Fallback}, and nothing from lower tracks, which could expose more.", Decides: true));
                return new(feature, track, config.FallbackVariant, Reason.Default, Cause.RolledBack);
            }

            if (config.Releases.TryGetValue(level, out var allocation))
            {
                steps.Add(new("Release", $"{level.Wire()} has a release: {string.Join(", ", allocation.Select(share => $"{Number(share.Weight)} % {share.Variant}"))}."));
                return Allocate(feature, track, user, allocation, steps);
            }

            steps.Add(new("Release", level > TrackKey.Stable ? $"{level.Wire()} has no release of its own; the next lower track's counts." : "stable has no release either."));
        }

        steps.Add(new("Fallback", $"Nothing is released this far: the fallback, {config.Fallback}.", Decides: true));
        return new(feature, track, config.FallbackVariant, Reason.Default, Cause.NotReleased);
    }

    private static Result Allocate(FeatureModel feature, TrackKey track, string? user, ImmutableArray<Share> allocation, ImmutableArray<ExplanationStep>.Builder steps)
    {
        var config = feature.Config;
        var shares = allocation.Where(share => share.Weight > 0).ToArray();
        if (shares.Length == 1)
        {
            steps.Add(new("Variant", $"Everybody gets {shares[0].Variant}.", Decides: true));
            return new(feature, track, config.Find(shares[0].Variant), Reason.TargetingMatch, Cause.Released);
        }

        if (string.IsNullOrEmpty(user))
        {
            steps.Add(new("Variant", $"A share needs a user id to be the same every time: without one, the fallback, {config.Fallback}.", Decides: true));
            return new(feature, track, config.FallbackVariant, Reason.Default, Cause.NoTargetingKey);
        }

        var bucket = Bucketing.Percentage(user, Bucketing.Hint(config.Key));
        var (start, index) = (0d, 0);
        while (index < shares.Length - 1 && bucket >= Math.Min(100, start + shares[index].Weight))
            start += shares[index++].Weight;
        var end = index == shares.Length - 1 ? 100 : start + shares[index].Weight;
        steps.Add(new("Bucket", $"The user's bucket for this feature is {Number(bucket)} of 100, the same for ever: it is in {Number(start)} to {Number(end)}, which gets {shares[index].Variant}.", Decides: true));
        return new(feature, track, config.Find(shares[index].Variant), Reason.Split, Cause.Released);
    }

    private static string Number(double number) => number.ToString("0.####", CultureInfo.InvariantCulture);
}
