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

        var state = new ControlState { Deltas = deltas, Stored = stored.Commit };
        foreach (var (field, row) in stored.Rows)
        {
            if (RowKey.Parse(field) is { } key && ControlRow.Read(row) is { } known)
                state.Rows[key] = known;
        }

        await LoadHistoryAsync(state, now);
        return state;
    }

    /// <param name="lease">Proof that this server leads.</param>
    /// <param name="state">What is remembered; rows that are not in force any more are dropped from it.</param>
    /// <param name="rows">The rows in force.</param>
    /// <param name="now">The moment under which this tick's events were added to the history.</param>
    /// <returns>False if another server leads now; nothing was written then.</returns>
    public Task<bool> CommitAsync(LeaseToken lease, ControlState state, IReadOnlySet<RowKey> rows, DateTimeOffset now)
    {
        foreach (var key in state.Rows.Keys.Where(key => !rows.Contains(key)).ToArray())
            state.Rows.Remove(key);
        var minute = now.ToUnixTimeSeconds() / 60;
        return guards.CommitTickAsync(lease, new()
        {
            Since = state.Stored,
            Rows = state.Rows.ToDictionary(row => row.Key.ToString(), row => row.Value.Write(), StringComparer.Ordinal),
            Counters = state.Deltas.Write(),
            Minutes = Bucket(minute, state.History.MinuteOf(now)),
            Hours = Bucket(minute / 60, state.History.HourOf(now)),
        });
    }

    private static StoredBucket[] Bucket(long index, IEnumerable<(RowKey Key, long Total, long Bad)> events)
    {
        SliCount[] counts = [.. events.Select(one => new SliCount(one.Key.ToString(), one.Total, one.Bad))];
        return counts.Length == 0 ? [] : [new(index, counts)];
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
