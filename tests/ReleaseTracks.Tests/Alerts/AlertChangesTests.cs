using ReleaseTracks.Alerts;
using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Alerts;

public sealed class AlertChangesTests
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    private static AlertCondition Of(string? feature, AlertEvent which = AlertEvent.Blind) =>
        new(which, new(feature, TrackKey.Ai, "availability"), "no data for 10 min");

    [Fact]
    public void Condition_NobodyAsksFor_IsNotWritten()
    {
        Assert.Null(Next([Of("f")]));
        Listen("shared-outage");
        Assert.Null(Next([Of("f")]));
        Assert.NotNull(Next([Of("f", AlertEvent.SharedOutage)]));
    }

    [Fact]
    public void Condition_ThatHolds_IsRaisedOnceAndResolvedWhenItEnds()
    {
        Listen("blind");

        Assert.True(Write([Of("f"), Of(null)]));
        Assert.False(Write([Of("f"), Of(null)]));
        Assert.Equal(["blind|*|ai|availability", "blind|f|ai|availability"], ledger.State.Alerts.Keys);
        Assert.True(Write([Of("f")], AlertChanges.Shortest));
        var left = Assert.Single(ledger.State.Alerts).Value;
        Assert.Equal((new RowKey("f", TrackKey.Ai, "availability"), "no data for 10 min"), (left.Row, left.Reason));
        Assert.True(Write([], AlertChanges.Shortest));
        Assert.Empty(ledger.State.Alerts);
    }

    [Fact]
    public void Condition_ThatFlaps_IsHeldForItsShortestTime()
    {
        Listen("blind");
        Write([Of("f")]);

        Assert.False(Write([], AlertChanges.Shortest - TimeSpan.FromSeconds(1)));
        Assert.True(Write([], AlertChanges.Shortest));
    }

    [Fact]
    public void Conditions_OfSeveralKinds_AreEntriesOfTheirOwn()
    {
        Listen("""blind","budget-exhausted""");
        AlertCondition[] both = [Of("f"), Of("f", AlertEvent.BudgetExhausted)];

        Assert.True(Write(both));
        Assert.True(Write(both));
        Assert.False(Write(both));
        Assert.Equal(2, ledger.State.Alerts.Count);
    }

    [Fact]
    public void Conditions_MoreThanOneEntryHolds_AreWrittenInTurns()
    {
        Listen("blind");
        AlertCondition[] all = [.. Enumerable.Range(0, AlertChanges.MostRows + 1).Select(i => Of($"f{i}"))];

        Assert.Equal(AlertChanges.MostRows, Next(all)!.Rows.Length);
        Assert.True(Write(all));
        Assert.Single(Next(all)!.Rows);
    }

    [Fact]
    public void Alert_WhenNobodyAsksAnyMore_EndsAtOnce()
    {
        Listen("blind");
        Write([Of("f")]);
        ledger.Change("""[{"op":"destination.remove","destination":"d"}]""");

        Assert.True(Write([Of("f")]));
        Assert.Empty(ledger.State.Alerts);
    }

    [Fact]
    public void Fold_AnUnknownEventOrTrack_IsRefused()
    {
        Assert.Throws<LedgerFormatException>(() => ledger.Append(EntryTypes.AlertRaised, """{"event":"fire","rows":[]}"""));
        Assert.Throws<LedgerFormatException>(() => ledger.Append(EntryTypes.AlertResolved, """{"event":"blind","rows":[{"track":"x","objective":"o"}]}"""));
    }

    private void Listen(string events) => ledger.Change(
        $$$"""[{"op":"destination.put","destination":{"key":"d","kind":"alertmanager","url":"http://a","events":["{{{events}}}"]}}]""");

    private AlertChange? Next(AlertCondition[] conditions, TimeSpan? later = null) =>
        AlertChanges.Next(ledger.State, conditions, (ledger.State.Alerts.IsEmpty ? ledger.State.At : ledger.State.Alerts.Values.Max(one => one.Since)) + (later ?? TimeSpan.Zero));

    private bool Write(AlertCondition[] conditions, TimeSpan? later = null)
    {
        if (Next(conditions, later) is not { } change)
            return false;
        ledger.Append(change.IsRaised ? EntryTypes.AlertRaised : EntryTypes.AlertResolved, Json.Object(json => AlertJson.WriteMembers(json, change)));
        return true;
    }
}
