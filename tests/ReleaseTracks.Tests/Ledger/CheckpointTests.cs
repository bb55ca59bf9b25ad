using ReleaseTracks.Ledger;

namespace ReleaseTracks.Tests.Ledger;

public class CheckpointTests
{
    /// <summary>The example of C2SP tlog-checkpoint.</summary>
    private const string Golden = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    [Fact]
    public void Checkpoint_OfTheSpecification_IsReadAndWrittenTheSame()
    {
        var checkpoint = Checkpoint.Parse(Golden);

        Assert.Equal(("example.com/behind-the-sofa", 20852163, 32), (checkpoint.Origin, checkpoint.Size, checkpoint.Root.Length));
        Assert.Equal(Golden, checkpoint.ToText());
        Assert.Equal(checkpoint, Checkpoint.Parse(Golden));
        Assert.Equal(checkpoint.GetHashCode(), Checkpoint.Parse(Golden).GetHashCode());
        Assert.NotEqual(checkpoint, checkpoint with { Root = new byte[32] });
    }

    [Theory]
    [InlineData("", "x")]
    [InlineData("example.com/behind-the-sofa", "")]
    [InlineData("20852163", "")]
    [InlineData("20852163", "020852163")]
    [InlineData("20852163", "-1")]
    [InlineData("20852163", "+1")]
    [InlineData("20852163", " 1")]
    [InlineData("20852163", "1e3")]
    [InlineData("20852163", "9223372036854775808")]
    [InlineData("q2I=", "q2J=")]
    [InlineData("q2I=", "")]
    [InlineData("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "AAAA")]
    [InlineData("q2I=\n", "q2I=")]
    [InlineData("q2I=\n", "q2I=\nextension\n")]
    [InlineData("\n2", "\r\n2")]
    public void Checkpoint_Malformed_IsRefused(string old, string changed) =>
        Assert.Throws<LedgerFormatException>(() =>
            Checkpoint.Parse(old.Length == 0 ? changed : Golden.Replace(old, changed, StringComparison.Ordinal)));

    [Fact]
    public void Continuity_OfTheSameLedger_IsOk()
    {
        var tree = MerkleTrees.Of(815);

        Assert.IsType<LedgerContinuity.Ok>(LedgerContinuity.Check(null, tree));
        Assert.IsType<LedgerContinuity.Ok>(LedgerContinuity.Check(Checkpoint.Of(tree, "o", 0), tree));
        Assert.IsType<LedgerContinuity.Ok>(LedgerContinuity.Check(Checkpoint.Of(tree, "o", 811), tree));
        Assert.IsType<LedgerContinuity.Ok>(LedgerContinuity.Check(Checkpoint.Of(tree, "o", 815), tree));
    }

    [Fact]
    public void Continuity_OfAShorterLedger_SaysWhatIsLost()
    {
        var last = Checkpoint.Of(MerkleTrees.Of(815), "o", 815);

        var lost = Assert.IsType<LedgerContinuity.Lost>(LedgerContinuity.Check(last, MerkleTrees.Of(811)));

        Assert.Equal((812, 815), (lost.From, lost.To));
        Assert.Equal("ledger lost entries 812–815", lost.Message);
        Assert.Equal("ledger lost entry 815", LedgerContinuity.Check(last, MerkleTrees.Of(814)).Message);
    }

    [Fact]
    public void Continuity_OfOtherEntries_IsRewritten()
    {
        var other = MerkleTrees.New(10);
        other.Append(MerkleTrees.Leaf(99));
        other.Append(MerkleTrees.Leaf(11));

        var rewritten = Assert.IsType<LedgerContinuity.Rewritten>(
            LedgerContinuity.Check(Checkpoint.Of(MerkleTrees.Of(815), "o", 11), other));

        Assert.Equal("ledger was rewritten: entries 1–11 are not those of the checkpoint at 11", rewritten.Message);
    }
}
