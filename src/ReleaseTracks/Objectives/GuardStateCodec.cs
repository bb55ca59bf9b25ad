namespace ReleaseTracks.Objectives;

/// <summary>
/// The stored form of <see cref="GuardState"/>: a version byte, varints for counts and times, raw doubles for the
/// wealth. A row takes about 300 bytes. Reading what it does not know, or what is damaged, gives null.
/// </summary>
public static class GuardStateCodec
{
    private const byte Version = 1;

    [ThreadStatic]
    private static GuardWriter? spare;

    public static byte[] Write(GuardState state)
    {
        var writer = spare ??= new();
        writer.Clear();
        writer.Byte(Version);
        writer.Number(state.BR.Length);
        writer.Fixed(state.Fingerprint);
        writer.Time(state.WindowStart);
        writer.Time(state.LastObserved);
        writer.Time(state.RisingSince);
        writer.Time(state.LastRestart);
        writer.Time(state.GLatchedAt);
        writer.Time(state.BRLatchedAt);
        writer.Time(state.C1LatchedAt);
        writer.Time(state.ProvenAt);
        writer.Number(state.Epoch);
        writer.Number(state.Restarts);
        writer.Number(state.ControlSilence.Ticks);
        writer.Number(state.CarriedBad);
        writer.Number(state.CarriedControlBad);
        writer.Counts(state.Counts);
        writer.Counts(state.SinceRise);
        writer.Wealth(state.G);
        writer.Wealth(state.BR);
        writer.Wealth(state.C1);
        writer.Byte(state.RiseC1 is null ? (byte)0 : (byte)1);
        writer.Wealth(state.RiseC1 ?? []);
        WriteSpent(writer, state);
        WriteHold(writer, state.Hold);
        return writer.ToArray();
    }

    public static GuardState? Read(ReadOnlySpan<byte> bytes)
    {
        var reader = new GuardReader(bytes);
        reader.Require(reader.Byte() == Version);
        var grid = reader.Int();
        reader.Require(grid <= 64);
        if (reader.Failed)
            return null;
        var state = new GuardState(grid)
        {
            Fingerprint = reader.Fixed(),
            WindowStart = reader.Time(),
            LastObserved = reader.Time(),
            RisingSince = reader.Time(),
            LastRestart = reader.OptionalTime(),
            GLatchedAt = reader.OptionalTime(),
            BRLatchedAt = reader.OptionalTime(),
            C1LatchedAt = reader.OptionalTime(),
            ProvenAt = reader.OptionalTime(),
            Epoch = reader.Number(),
            Restarts = reader.Int(),
            ControlSilence = TimeSpan.FromTicks(reader.Number()),
            CarriedBad = reader.Count(),
            CarriedControlBad = reader.Count(),
            Counts = reader.Counts(),
            SinceRise = reader.Counts(),
        };
        reader.Wealth(state.G);
        reader.Wealth(state.BR);
        reader.Wealth(state.C1);
        state.RiseC1 = reader.Byte() == 0 ? null : new double[state.C1.Length];
        reader.Wealth(state.RiseC1);
        ReadSpent(ref reader, state);
        state.Hold = ReadHold(ref reader);
        return reader.Finished ? state : null;
    }

    private static void WriteSpent(GuardWriter writer, GuardState state)
    {
        writer.Number(state.SpentCount);
        writer.Number(state.SpentWindows.Count);
        foreach (var window in state.SpentWindows)
        {
            writer.Time(window.Start);
            writer.Time(window.End);
            writer.Byte((byte)window.Reason);
            writer.Double(window.Alpha);
        }
    }

    private static void ReadSpent(ref GuardReader reader, GuardState state)
    {
        state.SpentCount = reader.Int();
        var kept = reader.Number();
        reader.Require(kept is >= 0 and <= GuardState.SpentKept);
        for (var i = 0; i < kept && !reader.Failed; i++)
        {
            var window = new SpentWindow(reader.Time(), reader.Time(), (WindowEnd)reader.Byte(), reader.Double());
            reader.Require(Enum.IsDefined(window.Reason));
            state.SpentWindows.Add(window);
        }
    }

    private static void WriteHold(GuardWriter writer, SharedOutageHold? hold)
    {
        writer.Time(hold?.Since);
        if (hold is null)
            return;
        writer.Number(hold.LastBucket);
        foreach (var counts in hold.Ring)
            writer.Counts(counts);
    }

    private static SharedOutageHold? ReadHold(ref GuardReader reader)
    {
        if (reader.OptionalTime() is not { } since)
            return null;
        var hold = new SharedOutageHold(since) { LastBucket = reader.Int() };
        for (var i = 0; i < hold.Ring.Length; i++)
            hold.Ring[i] = reader.Counts();
        return hold;
    }
}
