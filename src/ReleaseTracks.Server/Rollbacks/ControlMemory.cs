using System.Collections.Frozen;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>Reads the control loop's state from the store and writes it back, whole ticks only.</summary>
public sealed class ControlMemory(GuardStore guards, SliStore slis)
{
    /// <param name="now">Buckets older than their windows are left where they are.</param>
    public async Task<ControlState> LoadAsync(DateTimeOffset now)
    {
        var stored = await guards.ReadAsync();
        var deltas = stored.Counters is { } bytes ? CounterDeltas.Read(bytes) : null;
        if (deltas is null)
        {
            deltas = new();
            deltas.Apply(BuiltInOutcomeSource.Beginning);
        }

        var state = new ControlState { Deltas = deltas };
        foreach (var (field, row) in stored.Rows)
        {
            if (RowKey.Parse(field) is { } key && ControlRow.Read(row) is { } known)
                state.Rows[key] = known;
        }

        await LoadHistoryAsync(state, now);
        return state;
    }

    /// <returns>False if another server leads now; nothing was written then.</returns>
    public Task<bool> CommitAsync(LeaseToken lease, ControlState state, IReadOnlyCollection<RowKey> rows, IEnumerable<SliDelta> increments)
    {
        var gone = state.Rows.Keys.Where(key => !rows.Contains(key)).ToArray();
        foreach (var key in gone)
            state.Rows.Remove(key);
        return guards.CommitTickAsync(lease, new()
        {
            Rows = state.Rows.ToFrozenDictionary(row => row.Key.ToString(), row => row.Value.Write(), StringComparer.Ordinal),
            RemovedRows = [.. gone.Select(key => key.ToString())],
            Counters = state.Deltas.Write(),
            Increments = [.. increments.Select(delta => new SliIncrement(delta.At.ToUnixTimeSeconds() / 60, delta.Key.ToString(), delta.Total, delta.Bad))],
        });
    }

    private async Task LoadHistoryAsync(ControlState state, DateTimeOffset now)
    {
        var stored = await slis.ReadAsync(now);
        var minutes = ByRow(stored.Minutes, TimeSpan.FromMinutes(1));
        var hours = ByRow(stored.Hours, TimeSpan.FromHours(1));
        foreach (var key in minutes.Keys.Union(hours.Keys))
        {
            state.History.Load(key, minutes.GetValueOrDefault(key, []), hours.GetValueOrDefault(key, []));
            if (state.Rows.TryGetValue(key, out var row) && row.BudgetSince is { } since)
                state.History.Restart(key, since);
        }
    }

    private static Dictionary<RowKey, List<SliBucket>> ByRow(IReadOnlyList<StoredBucket> buckets, TimeSpan width)
    {
        var rows = new Dictionary<RowKey, List<SliBucket>>();
        foreach (var bucket in buckets)
        {
            var start = DateTimeOffset.UnixEpoch + (bucket.Index * width);
            foreach (var count in bucket.Counts)
            {
                if (RowKey.Parse(count.Series) is not { } key)
                    continue;
                if (!rows.TryGetValue(key, out var list))
                    rows[key] = list = [];
                list.Add(new(start, count.Total, count.Bad));
            }
        }

        return rows;
    }
}
