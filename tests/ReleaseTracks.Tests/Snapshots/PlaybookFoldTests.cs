using ReleaseTracks.Ledger;
using ReleaseTracks.Plans;
using ReleaseTracks.Rollbacks;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Snapshots;

public sealed class PlaybookFoldTests
{
    private readonly LedgerBuilder ledger = LedgerBuilder.Opened();

    public PlaybookFoldTests()
    {
        ledger.Change($"[{LedgerBuilder.PutFeature("a")}]");
        ledger.RollBack("r1", TrackKey.Ai, wholeTrack: false, "a");
    }

    private RollbackRecord Record => ledger.State.Rollbacks.Find("r1")!;

    [Fact]
    public void Committed_Rollback_TakesThePlaybookOfItsTrack()
    {
        var playbook = ledger.State.Tracks[TrackKey.Ai].Config.Playbook;
        Assert.Equal(playbook, Record.Playbook.Select(step => step.Text));
        Assert.All(Record.Playbook, step => Assert.False(step.IsDone));
    }

    [Fact]
    public void Playbook_RewrittenLater_LeavesTheStepsOfTheRollback()
    {
        var before = Record.Playbook;
        var track = ledger.State.Tracks[TrackKey.Ai].Config with { Playbook = ["Something else."] };
        ledger.Change(Json.Build(json =>
        {
            json.WriteStartArray();
            ChangeJson.Write(json, new Change.TrackPut(track));
            json.WriteEndArray();
        }).GetRawText());
        Assert.Equal(["Something else."], ledger.State.Tracks[TrackKey.Ai].Config.Playbook);
        Assert.Equal(before, Record.Playbook);
    }

    [Fact]
    public void Ticked_ThenTakenBack_NamesWhoAndWhenAndNobodyAfterwards()
    {
        ledger.Append(EntryTypes.RollbackStepTicked, """{"rollback":"r1","step":1,"text":"t","done":true}""");
        Assert.Equal((Make.Actor, ledger.State.At), (Record.Playbook[1].DoneBy, Record.Playbook[1].DoneAt));
        Assert.Equal(1, Record.Playbook.Count(step => step.IsDone));
        ledger.Append(EntryTypes.RollbackStepTicked, """{"rollback":"r1","step":1,"text":"t","done":false}""");
        Assert.DoesNotContain(Record.Playbook, step => step.IsDone);
    }

    [Fact]
    public void Ticked_AfterTheRollbackWasCleared_StaysCleared()
    {
        ledger.Change("""[{"op":"rollback.clear","feature":"a","track":"ai"}]""");
        ledger.Append(EntryTypes.RollbackStepTicked, """{"rollback":"r1","step":0,"text":"t","done":true}""");
        Assert.Equal((RollbackState.Cleared, true), (Record.State, Record.Playbook[0].IsDone));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(99)]
    public void Ticked_StepThatIsNotThere_IsRefused(int step) => Assert.Throws<LedgerFormatException>(() =>
        ledger.Append(EntryTypes.RollbackStepTicked, $$"""{"rollback":"r1","step":{{step}},"text":"t","done":true}"""));

    [Fact]
    public void Ticked_UnknownRollback_ChangesNothing()
    {
        var before = ledger.State.Rollbacks;
        ledger.Append(EntryTypes.RollbackStepTicked, """{"rollback":"r9","step":0,"text":"t","done":true}""");
        Assert.Same(before, ledger.State.Rollbacks);
    }
}
