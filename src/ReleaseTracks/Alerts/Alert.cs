using System.Collections.Immutable;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Alerts;

/// <summary>Something of one row of the budgets that somebody is to be told of. Rollbacks tell of themselves.</summary>
public sealed record AlertCondition(AlertEvent Event, RowKey Row, string Reason)
{
    public string Id => IdOf(Event, Row);

    public static string IdOf(AlertEvent which, RowKey row) => $"{which.Wire()}|{row}";
}

/// <summary>A condition that was told of and has not ended since.</summary>
public sealed record ActiveAlert(AlertEvent Event, RowKey Row, string Reason, DateTimeOffset Since);

/// <summary>Rows for which one condition began or ended: one entry of the ledger, so that an outage of everything is one event.</summary>
public sealed record AlertChange(bool IsRaised, AlertEvent Event, ImmutableArray<AlertCondition> Rows);
