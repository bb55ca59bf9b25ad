using CsCheck;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class GuardStateCodecTests
{
    private static readonly Gen<IntervalCounts> Counts = Gen.Select(
        Gen.Long[0, 300], Gen.Long[0, 30], Gen.Long[0, 300], Gen.Long[0, 30], (n, f, nc, fc) => new IntervalCounts(n, f, nc, fc));

    private static readonly Gen<GuardRun> Run = Gen.Select(Gen.OneOf(Gen.Const(0.0001), Gen.Const(0.01), Gen.Const(0.3), Gen.Const(0.7)), Gen.Int[1, 3000], Counts.Array[0, 40])
        .Select((tolerance, seconds, intervals) =>
        {
            var run = new GuardRun(new GuardSettings(tolerance));
            foreach (var counts in intervals)
                run.Wait(TimeSpan.FromSeconds(seconds), counts);
            return intervals.Length % 5 == 4 ? run.Resume(intervals.Length) : run;
        });

    [Fact]
    public void Read_WhatWasWritten_GoesOnExactlyAlike() =>
        Gen.Select(Run, Counts.Array[0, 10]).Sample((run, after) =>
        {
            var bytes = GuardStateCodec.Write(run.State);
            var copy = GuardStateCodec.Read(bytes);
            Assert.NotNull(copy);
            Assert.Equal(bytes, GuardStateCodec.Write(copy));
            var now = run.Now;
            foreach (var counts in after)
            {
                now += TimeSpan.FromMinutes(1);
                Guard.Observe(run.State, run.Settings, counts, now);
                Guard.Observe(copy, run.Settings, counts, now);
            }
            Assert.Equal(GuardStateCodec.Write(run.State), GuardStateCodec.Write(copy));
            Assert.Equal(Guard.Evidence(run.State), Guard.Evidence(copy));
            Assert.Equal(run.State.Spent, copy.Spent);
        }, iter: 1_000);

    [Fact]
    public void Read_Garbage_IsNullOrHarmless() =>
        Gen.Byte.Array[0, 600].Sample(bytes => { _ = GuardStateCodec.Read(bytes); });

    [Fact]
    public void Read_OneByteDamaged_NeverThrowsAndNeverHangs() =>
        Gen.Select(Run, Gen.Int[0, 5000], Gen.Byte).Sample((run, place, value) =>
        {
            var bytes = GuardStateCodec.Write(run.State);
            bytes[place % bytes.Length] = value;
            if (GuardStateCodec.Read(bytes) is not { } state)
                return;
            var resumed = Guard.Resume(state, run.Settings, run.Now, state.Epoch);
            Guard.Observe(resumed, run.Settings, new(10, 1, 10, 1), run.Now.AddMinutes(1));
        }, iter: 2_000);

    [Fact]
    public void Read_CutOffOrOtherVersion_IsNull()
    {
        var bytes = GuardStateCodec.Write(new GuardRun(new GuardSettings(0.01)).Feed(9, 10, 3, 10, 2).State);
        Assert.Null(GuardStateCodec.Read([]));
        for (var length = 1; length < bytes.Length; length++)
            Assert.Null(GuardStateCodec.Read(bytes.AsSpan(0, length)));
        Assert.Null(GuardStateCodec.Read([.. bytes, 0]));
        bytes[0] = 2;
        Assert.Null(GuardStateCodec.Read(bytes));
    }

    [Fact]
    public void Write_OrdinaryRow_IsSmall()
    {
        var healthy = new GuardRun(new GuardSettings(0.01)).Feed(5_760, 150, 1, 1350, 9);
        Assert.InRange(GuardStateCodec.Write(healthy.State).Length, 250, 350);
    }

    [Fact]
    public void Write_FullestRow_IsBounded()
    {
        var run = new GuardRun(new GuardSettings(0.01)).Feed(5_760, 150, 1, 1350, 1);
        for (var epoch = 1; epoch < 100; epoch++)
            run.Resume(epoch);
        run.Feed(5_760, 150, 1, 1350, 1).Feed(200, 150, 9, 1350, 80);
        Assert.NotNull(run.State.Hold);
        Assert.InRange(GuardStateCodec.Write(run.State).Length, 1_000, 1_500);
    }
}
