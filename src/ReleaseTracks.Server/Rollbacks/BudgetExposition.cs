using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// The budgets on <c>/metrics</c> of the server that leads, in the Prometheus text format 0.0.4, written from the rows
/// themselves when somebody asks. Twenty gauges a row would be kept, named and set for what is read every 15 s: 50 MB
/// for 1,000 features. A series is there only while its value is known: one that stands still would look like data.
/// </summary>
public sealed class BudgetExposition(BudgetBoard board, ControlMetrics control, TimeProvider time)
{
    private static readonly Verdict[] Verdicts = Enum.GetValues<Verdict>();

    private static readonly Family[] Families =
    [
        new("releasetracks_error_budget_remaining_ratio", "Share of the error budget that is left; below 0 when overspent.", (row, _) => [("", row.Remaining)]),
        new("releasetracks_burn_rate", "Failure ratio divided by the tolerated ratio, over a window.", (row, _) => row.BurnRates.List().Select(rate => ($",window=\"{rate.Window}\"", rate.Rate))),
        new("releasetracks_evidence_log", "Natural logarithm of the evidence that the objective is breached.", (row, _) => [(",test=\"g\"", row.Evidence?.G), (",test=\"bR\"", row.Evidence?.BR), (",test=\"c1\"", row.Evidence?.C1)]),
        new("releasetracks_verdict", "1 for the verdict of the row, 0 for the others.", (row, _) => Verdicts.Select(verdict => ($",verdict=\"{verdict.Wire()}\"", (double?)(row.Verdict == verdict ? 1 : 0)))),
        new("releasetracks_data_age_seconds", "Age of the newest data of the row.", (row, now) => [("", (now - row.DataAt)?.TotalSeconds)]),
        new("releasetracks_shared_outage", "1 while the plain path fails as well, so that a rollback would not help.", (row, _) => [("", row.SharedOutage ? 1 : 0)]),
    ];

    /// <summary>Nothing on a server that does not lead: two servers must not show two budgets for one objective.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        if (!control.IsLeader)
            return;
        var (rows, now) = (board.Rows(), time.GetUtcNow());
        foreach (var family in Families)
            Write(output, family, rows, now);
    }

    private static void Write(IBufferWriter<byte> output, Family family, ImmutableArray<BudgetRow> rows, DateTimeOffset now)
    {
        Encoding.UTF8.GetBytes($"# HELP {family.Name} {family.Help}\n# TYPE {family.Name} gauge\n", output);
        foreach (var row in rows)
        {
            // Keys of features and objectives have no character that would have to be escaped.
            var labels = $"{family.Name}{{feature=\"{row.Key.Feature}\",track=\"{row.Key.Track.Wire()}\",objective=\"{row.Key.Objective}\"";
            foreach (var (label, value) in family.Series(row, now))
            {
                if (value is { } number && double.IsFinite(number))
                    Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{labels}{label}}} {number}\n"), output);
            }
        }
    }

    private sealed record Family(string Name, string Help, Func<BudgetRow, DateTimeOffset, IEnumerable<(string Label, double? Value)>> Series);
}
