using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Tests.Harness;

namespace ReleaseTracks.Client.Tests.Snapshots;

public sealed class SnapshotStateTests
{
    private const string Ours = "releasetracks/00000001";
    private const string Other = "releasetracks/00000002";
    private readonly FakeTimeProvider time = FakeClock.At();
    private readonly SnapshotState state;

    public SnapshotStateTests() => state = new(Options.Create(new ReleaseTracksOptions()), time, NullLogger<SnapshotState>.Instance);

    [Fact]
    public void Take_OlderOfTheSameLedger_IsRefusedAndAges()
    {
        Assert.Equal(Publication.Published, state.Take(Answers.Bytes(7)));
        Assert.Equal(Publication.Older, state.Take(Answers.Bytes(6)));
        time.Advance(TimeSpan.FromSeconds(61));
        state.Vouch();

        Assert.Equal(7, state.Current.State.Revision);
        Assert.True(state.IsStale);
        Assert.Contains("older than 7", state.Problem);
    }

    [Fact]
    public void Take_CaughtUpAgain_IsLive()
    {
        state.Take(Answers.Bytes(7));
        state.Take(Answers.Bytes(6));

        Assert.Equal(Publication.Confirmed, state.Take(Answers.Bytes(7)));
        Assert.Null(state.Problem);
        Assert.Equal(Publication.Published, state.Take(Answers.Bytes(8)));
    }

    [Fact]
    public void Take_LowerRevisionOfAnotherLedger_IsFollowed()
    {
        state.Take(Answers.Bytes(7, Ours));

        Assert.Equal(Publication.Published, state.Take(Answers.Bytes(2, Other)));
        Assert.Equal(2, state.Current.State.Revision);
    }

    [Fact]
    public void Take_BackToTheFirstLedger_OnlyAtWhatWasSeenOfIt()
    {
        state.Take(Answers.Bytes(7, Ours));
        state.Take(Answers.Bytes(2, Other));

        Assert.Equal(Publication.Older, state.Take(Answers.Bytes(6, Ours)));
        Assert.Equal(Publication.Published, state.Take(Answers.Bytes(7, Ours)));
    }

    [Fact]
    public void Take_ManyLedgers_RemembersTheCurrentOne()
    {
        for (var i = 1; i <= 100; i++)
            Assert.Equal(Publication.Published, state.Take(Answers.Bytes(5, $"releasetracks/{i:x8}")));

        Assert.Equal(Publication.Older, state.Take(Answers.Bytes(4, "releasetracks/00000064")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"revision":0,"origin":"o","tracks":[],"features":[]}""")]
    [InlineData("""{"revision":9,"origin":"o","tracks":[],"features":[]}""")]
    [InlineData("""{"revision":9,"origin":"o","tracks":{},"features":[]}""")]
    public void Take_Garbage_KeepsWhatIsThere(string garbage)
    {
        state.Take(Answers.Bytes(7));

        Assert.Equal(Publication.Unreadable, state.Take(System.Text.Encoding.UTF8.GetBytes(garbage)));
        Assert.Equal(7, state.Current.State.Revision);
        Assert.NotNull(state.Problem);
    }

    [Theory]
    [InlineData("\"features\":{}")]
    [InlineData("\"features\":null")]
    public void Take_FeaturesThatAreNoList_IsUnreadable(string features)
    {
        var text = Answers.Snapshot(3).Replace("\"features\":[]", features, StringComparison.Ordinal);

        Assert.Equal(Publication.Unreadable, state.Take(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Take_OneFeatureOfANewerServer_LeavesTheOthers()
    {
        var newer = Answers.Feature("newer").Replace("\"stable\":", "\"beta\":", StringComparison.Ordinal);
        var extended = Answers.Feature("extended").Replace("\"key\"", "\"colour\":\"red\",\"key\"", StringComparison.Ordinal);

        Assert.Equal(Publication.Published, state.Take(Answers.Bytes(3, features: $"[{newer},{extended}]")));

        Assert.Null(state.Current.State.FindServed("newer"));
        Assert.NotNull(state.Current.State.FindServed("extended"));
        Assert.True(state.Current.Definitions.ContainsKey("extended"));
    }

    [Fact]
    public void Take_ValueThatNoConfigurationCanHold_LeavesTheOthersAndTheEvaluator()
    {
        var odd = """{"key":"odd","variants":{"on":{"a":1,"A":2}},"fallback":"on","releases":{}}""";

        state.Take(Answers.Bytes(3, features: $"[{odd},{Answers.Feature()}]"));

        Assert.False(state.Current.Definitions.ContainsKey("odd"));
        Assert.True(state.Current.Definitions.ContainsKey("f"));
        Assert.NotNull(state.Current.State.FindServed("odd"));
    }

    [Fact]
    public void Restore_FromDisk_IsAsOldAsItIs()
    {
        state.Restore(Answers.Bytes(7), TimeSpan.FromHours(2));

        Assert.Equal(TimeSpan.FromHours(2), state.Age);
        Assert.True(state.IsStale);
        Assert.False(state.Fetched.IsCompleted);
        Assert.Equal(Publication.Confirmed, state.Take(Answers.Bytes(7)));
        Assert.False(state.IsStale);
    }

    [Fact]
    public void Age_ClockSetBack_CountsOn()
    {
        state.Take(Answers.Bytes(7));
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(TimeSpan.FromSeconds(30), state.Age);
    }

    [Fact]
    public void Build_UnchangedFeature_KeepsItsDefinition()
    {
        state.Take(Answers.Bytes(3, features: $"[{Answers.Feature("a")},{Answers.Feature("b")}]"));
        var (a, b) = (state.Current.Definitions["a"], state.Current.Definitions["b"]);

        state.Take(Answers.Bytes(4, features: $"[{Answers.Feature("a")},{Answers.Feature("b").Replace("\"killed\":false", "\"killed\":true", StringComparison.Ordinal)}]"));

        Assert.Same(a, state.Current.Definitions["a"]);
        Assert.NotSame(b, state.Current.Definitions["b"]);
    }
}
