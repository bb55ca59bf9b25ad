using System.Collections.Immutable;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Alerts;

/// <summary>
/// What has to be written down so that the ledger says which conditions hold. Decided on the newest snapshot, so whoever
/// writes late, or twice, writes nothing or is put right by the next round.
/// </summary>
public static class AlertChanges
{
    /// <summary>An alert lasts at least so long: one that comes and goes with every round must not fill the ledger.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);

    /// <summary>What is more than this waits for the next round.</summary>
    public const int MostRows = 500;

    /// <summary>The next change; null when the ledger says what holds. Only what some destination asks for is written.</summary>
    public static AlertChange? Next(Snapshot state, IReadOnlyCollection<AlertCondition> conditions, DateTimeOffset now)
    {
        if (state.Alerts.IsEmpty && conditions.Count == 0)
            return null;
        var wanted = state.Destinations.Values.Where(one => !one.IsRemoved).SelectMany(one => one.Config.Events).ToHashSet();
        var held = conditions.Where(one => wanted.Contains(one.Event)).ToDictionary(one => one.Id, StringComparer.Ordinal);
        foreach (var which in AlertEvents.All)
        {
            var begun = held.Values.Where(one => one.Event == which && !state.Alerts.ContainsKey(one.Id));
            if (Change(true, which, begun) is { } raised)
                return raised;
            var ended = state.Alerts
                .Where(one => one.Value.Event == which && !held.ContainsKey(one.Key) && (now - one.Value.Since >= Shortest || !wanted.Contains(which)))
                .Select(one => new AlertCondition(which, one.Value.Row, one.Value.Reason));
            if (Change(false, which, ended) is { } resolved)
                return resolved;
        }

        return null;
    }

    private static AlertChange? Change(bool raised, AlertEvent which, IEnumerable<AlertCondition> rows)
    {
        ImmutableArray<AlertCondition> some = [.. rows.OrderBy(one => one.Id, StringComparer.Ordinal).Take(MostRows)];
        return some.IsEmpty ? null : new(raised, which, some);
    }
}
