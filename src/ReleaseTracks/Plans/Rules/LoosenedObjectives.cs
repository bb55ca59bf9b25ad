using System.Collections.Immutable;
using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>Objectives that promise less, react later or count something else.</summary>
internal static class LoosenedObjectives
{
    public static IEnumerable<string> Find(ImmutableArray<Objective> before, ImmutableArray<Objective> after, TrackKey track)
    {
        foreach (var was in before)
        {
            var now = after.FirstOrDefault(other => other.Id == was.Id);
            if (now is null)
                yield return $"the objective {was.Id} is removed.";
            else if (now != was)
            {
                foreach (var reason in Find(was, now, track))
                    yield return $"{was.Id}: {reason}";
            }
        }
    }

    private static IEnumerable<string> Find(Objective was, Objective now, TrackKey track)
    {
        if (now.Target < was.Target)
            yield return Line($"the target falls from {was.Target:0.######} to {now.Target:0.######}.");
        if (now.BreachActionOn(track) < was.BreachActionOn(track))
            yield return $"a breach would lead to {Wire(now.BreachActionOn(track))} instead of {Wire(was.BreachActionOn(track))}.";
        if (now.Alpha < was.Alpha)
            yield return Line($"proof takes more evidence (alpha from {was.Alpha:0.####} to {now.Alpha:0.####}).");
        if (now.Margin > was.Margin)
            yield return Line($"it may be {now.Margin:0.##} times worse than control instead of {was.Margin:0.##} times.");
        if (now.SharedOutage == SharedOutageAction.Hold && was.SharedOutage == SharedOutageAction.Rollback)
            yield return "a shared outage would be held instead of rolled back.";
        if (now.MinBudgetSpent > was.MinBudgetSpent)
            yield return Line($"it acts from {now.MinBudgetSpent:0.##%} of the budget instead of {was.MinBudgetSpent:0.##%}.");
        // A longer window has more budget, a shorter one forgets sooner: neither is clearly as strict.
        if (now.Window != was.Window)
            yield return $"the window changes from {Durations.Format(was.Window)} to {Durations.Format(now.Window)}.";
        if (now.CountedFingerprint != was.CountedFingerprint)
            yield return "it counts other events.";
    }

    private static string Wire(BreachAction action) => action.ToString().ToLowerInvariant();

    private static string Line(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
