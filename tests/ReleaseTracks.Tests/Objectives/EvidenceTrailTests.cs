using System.Collections.Immutable;
using CsCheck;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public sealed class EvidenceTrailTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Gen<double?> Evidence = Gen.Select(Gen.Int[0, 8], Gen.Double[-9, 60], (chance, g) => chance == 0 ? (double?)null : g);

    [Fact]
    public void Add_WhileNothingSpeaksAgainstTheObjective_KeepsTheLastFew()
    {
        var trail = Trail(Enumerable.Repeat<double?>(-2, 100));

        Assert.Equal(EvidenceTrail.Calm, trail.Length);
        Assert.Equal(Start.AddSeconds(99), trail[^1].At);
    }

    [Fact]
    public void Add_ALongRise_ThinsTheOlderEndAndKeepsTheNewer()
    {
        var trail = Trail(Enumerable.Range(1, 500).Select(g => (double?)g));

        Assert.InRange(trail.Length, EvidenceTrail.Most / 2, EvidenceTrail.Most);
        Assert.Equal([497d, 498d, 499d, 500d], trail[^4..].Select(point => point.G!.Value));
        Assert.Equal(1, trail[0].G);
    }

    [Fact]
    public void Add_WhileBlind_LeavesOneGap()
    {
        var trail = Trail([1, null, null, null, 2]);

        Assert.Equal([1, null, 2d], trail.Select(point => point.G));
    }

    [Fact]
    public void Add_AClockThatStandsStill_AddsNothing()
    {
        var trail = EvidenceTrail.Add([], new(Start, 1, null));
        Assert.Equal(trail, EvidenceTrail.Add(trail, new(Start, 2, null)));
    }

    [Fact]
    public void Add_WhateverComes_StaysBoundedInOrderAndEndsWithTheNewest() => Evidence.Array[0, 400].Sample(values =>
    {
        var trail = Trail(values);
        Assert.True(trail.Length <= EvidenceTrail.Most);
        Assert.True(trail.Zip(trail.Skip(1)).All(pair => pair.First.At < pair.Second.At && (pair.First.G is not null || pair.Second.G is not null)));
        if (values.LastOrDefault() is { } last)
            Assert.Equal(last, trail[^1].G);
    });

    [Fact]
    public void Write_AnyTrail_ReadsBack() => Evidence.Array[0, 100].Sample(values =>
    {
        var trail = Trail(values);
        var read = EvidenceTrail.Read(EvidenceTrail.Write(trail));
        Assert.Equal(trail.Select(point => (point.At, (float?)point.G)), read.Select(point => (point.At, (float?)point.G)));
        Assert.Equal(trail.Select(point => (float?)point.C1), read.Select(point => (float?)point.C1));
    });

    [Fact]
    public void Read_DamagedBytes_IsAnEmptyTrail()
    {
        var bytes = EvidenceTrail.Write(Trail([1, 2]));
        Assert.Empty(EvidenceTrail.Read(bytes.AsSpan(1)));
        Assert.Empty(EvidenceTrail.Read(new byte[(EvidenceTrail.Most + 1) * 16]));
        bytes.AsSpan(0, 8).Fill(0xFF);
        Assert.Empty(EvidenceTrail.Read(bytes));
    }

    private static ImmutableArray<EvidencePoint> Trail(IEnumerable<double?> values) => values.Index().Aggregate(
        ImmutableArray<EvidencePoint>.Empty,
        (trail, item) => EvidenceTrail.Add(trail, new(Start.AddSeconds(item.Index), item.Item, item.Item is > 3 ? item.Item * 2 : null)));
}
