using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Server.Store;
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

    /// <summary>What the store holds of all this; the next tick writes what is different.</summary>
    public required GuardCommit Stored { get; init; }

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
    private const byte Version = 3;
    private const byte WithoutTrail = 2;
    private const int Header = 17;

    public GuardState Guard { get; set; } = guard;

    /// <summary><see cref="Objective.CountedFingerprint"/> of what the budget has counted.</summary>
    public ulong Counted { get; set; } = counted;

    /// <summary>Set when a cleared rollback, or counting something else, let the budget start anew.</summary>
    public DateTimeOffset? BudgetSince { get; set; } = budgetSince;

    /// <summary>How the evidence came to where it is.</summary>
    public ImmutableArray<EvidencePoint> Trail { get; set; } = [];

    public byte[] Write()
    {
        var (state, trail) = (GuardStateCodec.Write(Guard), EvidenceTrail.Write(Trail));
        var bytes = new byte[Header + sizeof(ushort) + trail.Length + state.Length];
        bytes[0] = Version;
        BitConverter.TryWriteBytes(bytes.AsSpan(1), BudgetSince?.UtcTicks ?? 0);
        BitConverter.TryWriteBytes(bytes.AsSpan(9), Counted);
        BitConverter.TryWriteBytes(bytes.AsSpan(Header), (ushort)trail.Length);
        trail.CopyTo(bytes, Header + sizeof(ushort));
        state.CopyTo(bytes, Header + sizeof(ushort) + trail.Length);
        return bytes;
    }

    /// <summary>Null for bytes of another version or damaged ones; the row then starts afresh.</summary>
    public static ControlRow? Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Header || bytes[0] is not (Version or WithoutTrail))
            return null;
        var rest = bytes[Header..];
        if (bytes[0] == WithoutTrail)
            return Read(bytes, rest, []);
        if (rest.Length < sizeof(ushort) || BitConverter.ToUInt16(rest) is var length && rest.Length < sizeof(ushort) + length)
            return null;
        var trail = rest.Slice(sizeof(ushort), BitConverter.ToUInt16(rest));
        return Read(bytes, rest[(sizeof(ushort) + trail.Length)..], EvidenceTrail.Read(trail));
    }

    private static ControlRow? Read(ReadOnlySpan<byte> header, ReadOnlySpan<byte> state, ImmutableArray<EvidencePoint> trail)
    {
        var ticks = BitConverter.ToInt64(header[1..]);
        if (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks || GuardStateCodec.Read(state) is not { } guard)
            return null;
        return new(guard, BitConverter.ToUInt64(header[9..]), ticks == 0 ? null : new(ticks, TimeSpan.Zero)) { Trail = trail };
    }
}
