using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>
/// What the control loop remembers from tick to tick. Only the leader has one; it is read from the store when the
/// lease is won, written back with every tick, and thrown away when a write fails, so that memory and store can
/// never tell two stories.
/// </summary>
public sealed class ControlState
{
    private (Snapshot? Of, ImmutableArray<RowSpec> Rows) specs;

    public required CounterDeltas Deltas { get; init; }

    public Dictionary<RowKey, ControlRow> Rows { get; } = [];

    public SliHistory<RowKey> History { get; } = new();

    public BlindTracker<RowKey> Blind { get; } = new();

    /// <summary>When the last good reading was taken; an interval begins there.</summary>
    public DateTimeOffset? LastReading { get; set; }

    /// <summary>What a snapshot demands to be judged; worked out when it changes, not with every tick.</summary>
    public ImmutableArray<RowSpec> RowsOf(Snapshot snapshot)
    {
        if (!ReferenceEquals(specs.Of, snapshot))
            specs = (snapshot, RowSpec.All(snapshot));
        return specs.Rows;
    }
}

/// <summary>One row's guard, and since when its error budget counts what.</summary>
public sealed class ControlRow(GuardState guard, ulong counted, DateTimeOffset? budgetSince)
{
    private const byte Version = 2;
    private const int Header = 17;

    public GuardState Guard { get; set; } = guard;

    /// <summary><see cref="Objective.CountedFingerprint"/> of what the budget has counted.</summary>
    public ulong Counted { get; set; } = counted;

    /// <summary>Set when a cleared rollback, or counting something else, let the budget start anew.</summary>
    public DateTimeOffset? BudgetSince { get; set; } = budgetSince;

    public byte[] Write()
    {
        var state = GuardStateCodec.Write(Guard);
        var bytes = new byte[Header + state.Length];
        bytes[0] = Version;
        BitConverter.TryWriteBytes(bytes.AsSpan(1), BudgetSince?.UtcTicks ?? 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(9), Counted);
        state.CopyTo(bytes, Header);
        return bytes;
    }

    /// <summary>Null for bytes of another version or damaged ones; the row then starts afresh.</summary>
    public static ControlRow? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header || bytes[0] != Version || GuardStateCodec.Read(bytes[Header..]) is not { } guard)
            return null;
        var ticks = BitConverter.ToInt64(bytes[1..]);
        return ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks ? null : new(guard, BitConverter.ToUInt64(bytes[9..]), ticks == 0 ? null : new(ticks, TimeSpan.Zero));
    }
}
