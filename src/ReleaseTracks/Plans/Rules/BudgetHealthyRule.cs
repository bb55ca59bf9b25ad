using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>
/// Nothing widens while its error budget, there or where it serves now, is exhausted, breached, or cannot be read.
/// Missing data is no proof of health.
/// </summary>
internal sealed class BudgetHealthyRule : IPlanRule
{
    public string Name => "budget-healthy";

    public RuleResult Check(RuleInputs inputs) => this.DenyAny(
        Features(inputs).Concat(inputs.WidenedTracks.SelectMany(track => Track(inputs, track))),
        "The budgets of what the plan widens are healthy.");

    private static IEnumerable<string> Features(RuleInputs inputs)
    {
        foreach (var feature in inputs.Raised.GroupBy(share => share.Feature, StringComparer.Ordinal))
        {
            var before = inputs.Before.FindUnarchived(feature.Key);
            var present = TrackKeys.All.Where(track => before?.Exposes(track) == true).ToHashSet();
            if (present.Count > 0 && !inputs.Live.Measured)
                yield return $"The budgets of {feature.Key} are unknown: the control loop has not finished a round lately.";
            present.UnionWith(feature.Select(share => share.Track));
            // A rolled back row is Failed until a plan clears it, which starts a new budget: that is no reason not to.
            foreach (var row in inputs.Live.Rows.Where(row => row.Feature == feature.Key && present.Contains(row.Track) && before?.IsRolledBack(row.Track) != true))
            {
                if (Fault(row) is { } fault)
                    yield return $"{row.Feature} on {row.Track.Wire()}, {row.Objective}: {fault}";
            }
        }
    }

    /// <summary>
    /// A track that is closed or frozen takes nothing new, whichever feature it is. One on which nobody has ever reported
    /// is only silent: the features on it say so in their own rows, and others may still come.
    /// </summary>
    private static IEnumerable<string> Track(RuleInputs inputs, TrackKey track)
    {
        if (inputs.Before.Tracks.GetValueOrDefault(track)?.ClosedBy is not null && inputs.After.Tracks.GetValueOrDefault(track)?.ClosedBy is null)
            yield break;
        if (inputs.After.Tracks.GetValueOrDefault(track)?.ClosedBy is { } rollback)
            yield return $"The {track.Wire()} track is closed by rollback {rollback}; clear it first.";
        foreach (var row in inputs.Live.Rows.Where(row => row is { Feature: null, Frozen: true, IsSilent: false } && row.Track == track))
            yield return $"The {track.Wire()} track, {row.Objective}, is frozen: {row.Reason}";
    }

    /// <summary>Silence in the first moments of a release is not a fault yet; it becomes one with the freeze.</summary>
    private static string? Fault(RowHealth row) => row switch
    {
        { Verdict: Verdict.Failed } => $"the verdict is Failed. {row.Reason}",
        { Remaining: <= 0 } => string.Create(CultureInfo.InvariantCulture, $"the error budget is exhausted ({row.Remaining:0.#%} left)."),
        { Frozen: true } => $"widening is frozen. {row.Reason}",
        { Verdict: Verdict.Error, IsSilent: false } => $"the verdict is Error. {row.Reason}",
        _ => null,
    };
}
