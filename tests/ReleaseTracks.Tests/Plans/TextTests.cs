using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;

namespace ReleaseTracks.Tests.Plans;

public sealed class TextTests
{
    [Theory]
    [InlineData("a", true)]
    [InlineData("0", true)]
    [InlineData("smart-replies-2", true)]
    [InlineData("a-", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("A", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0", false)]
    [InlineData("a_b", false)]
    [InlineData("a.b", false)]
    [InlineData("é", false)]
    [InlineData("\uD83D\uDE80", false)]
    [InlineData("a\n", false)]
    public void IsKey_Text_IsLowerCaseDigitsAndHyphens(string text, bool expected) => Assert.Equal(expected, Text.IsKey(text));

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void IsKey_Length_IsBounded(int length, bool expected) => Assert.Equal(expected, Text.IsKey(new string('a', length)));

    [Fact]
    public void Shown_ForeignText_IsBoundedAndHarmless()
    {
        Assert.Equal("plain", Text.Shown("plain"));
        Assert.Equal("a\uFFFDb\uFFFD\uFFFD", Text.Shown("a\nb\uD83D\uDE80"));
        Assert.Equal(new string('x', 64) + "…", Text.Shown(new string('x', 65)));
        Assert.DoesNotContain(Text.Shown(new string('x', 63) + "\uD83D\uDE80"), char.IsSurrogate);
    }

    [Fact]
    public void HasControl_TabAndLineFeed_AreText()
    {
        Assert.False(Text.HasControl("a\tb\nc"));
        Assert.True(Text.HasControl("a\rb"));
        Assert.True(Text.HasControl("\0"));
        Assert.True(Text.HasControl("\u0085"));
    }

    [Fact]
    public void TryRead_LoneSurrogate_IsRefusedAndDoesNotThrow()
    {
        Assert.False(Text.TryRead(Make.Json("""  "\ud83d"  """), out _));
        Assert.False(Text.TryRead(Make.Json("null"), out _));
        Assert.True(Text.TryRead(Make.Json("""  "\ud83d\ude80"  """), out var text));
        Assert.Equal("\uD83D\uDE80", text);
    }
}
