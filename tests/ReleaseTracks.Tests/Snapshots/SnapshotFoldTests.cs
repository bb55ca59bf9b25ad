using CsCheck;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Ledger;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class SnapshotFoldTests
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    private LedgerFormatException Refused(string type, string data, string where)
    {
        var before = ledger.State;
        var refused = Assert.Throws<LedgerFormatException>(() => ledger.Append(type, data));
        Assert.Equal(where, refused.Where);
        Assert.Same(before, ledger.State);
        return refused;
    }

    [Fact]
    public void Opened_Defaults_AreTheThreeTracks()
    {
        var state = ledger.State;
        Assert.Equal(("test", "test+0+key", 2L), (state.Origin, Assert.Single(state.LedgerKeys), state.Revision));
        Assert.Equal(Make.Now.AddSeconds(2), state.At);
        foreach (var track in DefaultTracks.All)
        {
            var model = state.Tracks[track.Key];
            Assert.Equal(Make.Text(json => TrackJson.Write(json, track)), Make.Text(json => TrackJson.Write(json, model.Config)));
            Assert.Equal(2, model.Revision);
        }
    }

    [Fact]
    public void Fold_SameBytes_SameState() => Gen.Select(ChangeGen.Steps, DomainGen.Track).Sample((steps, track) =>
    {
        var built = LedgerBuilder.Opened();
        built.Change($"[{LedgerBuilder.PutFeature("a")},{LedgerBuilder.PutFeature("b", stable: "on")}]");
        built.RollBack("r1", track, wholeTrack: true, "a", "b");
        var changes = ChangeGen.Possible(built.State, steps);
        if (!changes.IsEmpty)
            built.Change(ChangeGen.Json(changes));

        var again = built.Entries.Aggregate(Snapshot.Empty, (state, bytes) => SnapshotFold.Apply(state, LedgerEntryCodec.Read(bytes)));
        Assert.Equal(Describe(built.State), Describe(again));
    }, iter: 200);

    [Fact]
    public void Fold_AppliedPlan_IsExactlyThePreviewedState() => ChangeGen.Steps.Sample(steps =>
    {
        var built = LedgerBuilder.Opened();
        built.Change($"[{LedgerBuilder.PutFeature("a")},{LedgerBuilder.PutFeature("b", stable: "on")}]");
        var changes = ChangeGen.Possible(built.State, steps);
        if (changes.IsEmpty)
            return;
        var draft = Make.Draft(built.State, ChangeGen.Json(changes));
        var plan = Make.Plan(draft, "preview");
        built.Propose(plan);
        built.Apply(plan);
        Assert.Equal(DescribeServed(draft.After), DescribeServed(built.State));
    }, iter: 200);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void Apply_WrongSequence_IsRefused(long seq)
    {
        var entry = new LedgerEntry(seq, "x", Make.Now, Make.Actor, EntryTypes.FeatureKilled, Make.Json("{}"));
        Assert.Equal("$.seq", Assert.Throws<LedgerFormatException>(() => SnapshotFold.Apply(ledger.State, entry)).Where);
    }

    [Fact]
    public void Apply_UnknownType_IsRefusedWithTheReason()
    {
        var refused = Refused("feature.renamed", "{}", "$.type");
        Assert.Contains("a newer version wrote it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_LedgerOpenedAgain_IsRefusedBecauseItWouldReplaceTheTrustedKeys() =>
        Refused(EntryTypes.LedgerOpened, """{"origin":"other","vkey":"other+0+key"}""", "$.type");

    [Fact]
    public void Apply_KeyAdded_BothKeysCount()
    {
        ledger.Append(EntryTypes.LedgerKeyAdded, """{"vkey":"next+0+key"}""");
        Assert.Equal(["test+0+key", "next+0+key"], ledger.State.LedgerKeys);
        Refused(EntryTypes.LedgerKeyAdded, "{}", "$.data.vkey");
    }

    [Theory]
    [InlineData(EntryTypes.FeatureKilled, "[]", "$.data.feature")]
    [InlineData(EntryTypes.FeatureKilled, """{"feature":"nope"}""", "$.data.feature")]
    [InlineData(EntryTypes.RollbackVerified, "{}", "$.data.rollback")]
    [InlineData(EntryTypes.PlanStale, "{}", "$.data.plan")]
    [InlineData(EntryTypes.PlanApplied, """{"plan":"nope","hash":"x"}""", "$.data.plan")]
    [InlineData(EntryTypes.KeyCreated, """{"id":"k","name":"n","kind":"sdk","prefix":"rtk_a"}""", "$.data.sha256")]
    [InlineData(EntryTypes.KeyRevoked, "{}", "$.data.id")]
    [InlineData(EntryTypes.DefaultsInstalled, """{"changes":[{"op":"nope"}]}""", "$.data.changes[0].op")]
    [InlineData(EntryTypes.DefaultsInstalled, """{"changes":[{"op":"feature.archive","feature":"nope"}]}""", "$.data.changes.feature")]
    [InlineData(EntryTypes.RollbackCommitted, """{"id":"r","scope":"feature","features":["a"],"track":"ai","cause":"boredom"}""", "data.cause")]
    [InlineData(EntryTypes.RollbackCommitted, """{"id":"r","scope":"galaxy","features":["a"],"track":"ai","cause":"manual"}""", "data.scope")]
    [InlineData(EntryTypes.RollbackCommitted, """{"id":"r","scope":"feature","features":[],"track":"ai","cause":"manual"}""", "data.features")]
    [InlineData(EntryTypes.RollbackCommitted, """{"id":"r","scope":"feature","features":["a"],"track":"beta","cause":"manual"}""", "data.track")]
    public void Apply_BadData_IsRefusedWithThePath(string type, string data, string where) => Refused(type, data, where);

    [Fact]
    public void Keys_CreatedAndRevoked_KeepTheFirstRevocation()
    {
        ledger.Append(EntryTypes.KeyCreated, """{"id":"k","name":"n","kind":"sdk","prefix":"rtk_a","sha256":"abc"}""");
        Assert.True(ledger.State.Keys["k"].IsActive);
        ledger.Append(EntryTypes.KeyRevoked, """{"id":"k"}""");
        var revoked = ledger.State.Keys["k"].RevokedAt;
        Assert.Equal(ledger.State.At, revoked);
        ledger.Append(EntryTypes.KeyRevoked, """{"id":"k"}""");
        ledger.Append(EntryTypes.KeyRevoked, """{"id":"unknown"}""");
        Assert.Equal(revoked, ledger.State.Keys["k"].RevokedAt);
    }

    [Fact]
    public void Kill_AgainAndRevive_FollowsThePlan()
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.Append(EntryTypes.FeatureKilled, """{"feature":"a"}""");
        Assert.True(ledger.State.Find("a")!.Switches.Killed);
        Assert.Equal(ledger.State.Revision, ledger.State.Find("a")!.Revision);
        ledger.Append(EntryTypes.FeatureKilled, """{"feature":"a","reason":"harm"}""");
        Assert.Equal("harm", ledger.State.Find("a")!.Switches.KilledReason);
        ledger.Change("""[{"op":"feature.revive","feature":"a"}]""");
        Assert.Equal("on", Make.VariantOf(ledger.State.Find("a")!, TrackKey.Ai, "u"));
    }

    [Fact]
    public void Snapshot_CopyWithOtherFeatures_DoesNotServeTheOldIndex()
    {
        var first = Make.Snapshot(Make.Feature("a"));
        Assert.NotNull(first.FindServed("a"));
        Assert.Single(first.Served);
        var second = first.With(Make.Model(Make.Feature("b"))).With(Make.Archived(Make.Model(Make.Feature("a"))));
        Assert.Null(second.FindServed("a"));
        Assert.NotNull(second.FindServed("b"));
        Assert.NotNull(second.Find("a"));
        Assert.Equal("b", Assert.Single(second.Served).Config.Key);
    }

    private static string Describe(Snapshot state) => string.Join('\n',
    [
        $"{state.Revision} {state.At:O} {state.Origin} {string.Join(',', state.LedgerKeys)}",
        DescribeServed(state),
        .. state.Features.Values.Select(model => $"{model.Config.Key} {model.Revision} {model.Switches.Archived} {model.Switches.KilledReason} "
            + string.Join(',', model.Switches.RolledBack) + string.Join(',', model.Switches.ClearedRevisions)),
        .. state.Plans.All.Select(plan => $"{plan.Plan.Id} {plan.Plan.Hash} {plan.State} {plan.AppliedRevision}"),
        .. state.Rollbacks.All.Select(rollback => $"{rollback.Id} {rollback.State} {rollback.ClearedAt:O}"),
    ]);

    private static string DescribeServed(Snapshot state) => string.Join('\n',
    [
        .. state.Served.Select(model => Make.Text(json => FeatureJson.Write(json, model.Config))),
        .. state.Tracks.Values.Select(model => Make.Text(json => TrackJson.Write(json, model.Config)) + model.ClosedBy),
        .. state.Organisations.Values.OrderBy(o => o.Id, StringComparer.Ordinal).Select(o => $"{o.Id} {o.Ceiling}"),
        .. state.Served.SelectMany(model => TrackKeys.All.SelectMany(track => Enumerable.Range(0, 5).Select(i =>
        {
            var result = Evaluator.Evaluate(model, track, "u" + i);
            return $"{model.Config.Key} {track} {i} {result.Variant?.Name} {result.Reason} {result.Cause}";
        }))),
    ]);
}
