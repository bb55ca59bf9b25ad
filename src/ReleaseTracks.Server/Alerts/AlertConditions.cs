using System.Globalization;
using ReleaseTracks.Alerts;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;

namespace ReleaseTracks.Server.Alerts;

/// <summary>What of one round's budgets somebody may want to be told.</summary>
public static class AlertConditions
{
    public static IReadOnlyCollection<AlertCondition> Of(IEnumerable<BudgetRow> rows, BlindTracker<RowKey> blind, DateTimeOffset now)
    {
        var conditions = new List<AlertCondition>();
        foreach (var row in rows)
        {
            if (row.Remaining <= 0)
                conditions.Add(new(AlertEvent.BudgetExhausted, row.Key, Spent(row)));
            // What is rolled back serves its fallback: there is nothing left to guard.
            if (!row.RolledBack && blind.AlarmOf(row.Key, now) == BlindAlarm.Page)
                conditions.Add(new(AlertEvent.Blind, row.Key, string.Join(' ', row.Reasons)));
            if (row.SharedOutage)
                conditions.Add(new(AlertEvent.SharedOutage, row.Key, string.Join(' ', row.Reasons)));
        }

        return conditions;
    }

    private static string Spent(BudgetRow row) => string.Create(
        CultureInfo.InvariantCulture, $"{row.Bad} of {row.Good + row.Bad} failed; an objective of {row.Objective.Target * 100:0.###} % over {Durations.Format(row.Objective.Window)} tolerates fewer.");
}
