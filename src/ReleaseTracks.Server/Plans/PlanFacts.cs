using Microsoft.Extensions.Options;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Plans;

/// <summary>What the rules need to know of this moment: live budgets, open freeze windows, how many must approve.</summary>
public sealed class PlanFacts(BudgetBoard board, IOptions<PlanOptions> options, TimeProvider time)
{
    public LiveFacts Of(Snapshot state)
    {
        var now = time.GetUtcNow();
        return new(now, options.Value.Approvals)
        {
            Measured = board.IsCurrent,
            Rows = [.. board.Rows().Select(Health)],
            Freezes = FreezeCalendar.ActiveAt(state, now),
        };
    }

    /// <summary>
    /// A track that failed is closed by the control loop at once, unless what is out already explains the failure: then
    /// the features that stayed are not to be held back for it.
    /// </summary>
    private static bool IsSettled(BudgetRow row) => row is { Key.Feature: null, Verdict: Verdict.Failed, Action: BreachAction.Rollback };

    private static RowHealth Health(BudgetRow row) => new(row.Key.Feature, row.Key.Track, row.Key.Objective, row.Verdict)
    {
        Remaining = row.Remaining,
        NoData = row.Freshness == Freshness.NoData,
        Frozen = row.FreezeWidening && !IsSettled(row),
        Events = row.Good + row.Bad,
        Reason = string.Join(' ', row.Reasons),
    };
}
