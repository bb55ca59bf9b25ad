using CsCheck;
using ReleaseTracks.Server.Ledger.Reading;

namespace ReleaseTracks.Server.Tests.Ledger;

public sealed class StateDiffTests
{
    private static readonly Gen<string> Text = Gen.Char['a', 'd'].Array[0, 12].Select(lines => string.Join('\n', lines));

    [Fact]
    public void Lines_OfAnyTwoTexts_HoldBothInOrder() => Gen.Select(Text, Text).Sample((before, after) =>
    {
        var lines = StateDiff.Lines(before, after);
        Assert.Equal(before, string.Join('\n', lines.Select(line => line.Before).OfType<string>()));
        Assert.Equal(after, string.Join('\n', lines.Select(line => line.After).OfType<string>()));
        Assert.All(lines, line => Assert.True(line.Before is not null || line.After is not null));
    });

    [Fact]
    public void Lines_OfTheSameText_ChangeNothing() => Text.Sample(text => Assert.DoesNotContain(StateDiff.Lines(text, text), line => line.IsChanged));

    [Fact]
    public void Condense_FarFromAChange_CountsInsteadOfShowing()
    {
        var old = string.Join('\n', Enumerable.Range(0, 20));
        var lines = StateDiff.Condense(StateDiff.Lines(old, old.Replace("10", "ten", StringComparison.Ordinal)));

        Assert.Equal((7, 6), (lines[0].Skipped, lines[^1].Skipped));
        Assert.Equal(2, lines.Count(line => line.IsChanged));
        Assert.Equal(20, lines.Sum(line => line.Skipped) + lines.Count(line => line.Before is not null));
    }
}
