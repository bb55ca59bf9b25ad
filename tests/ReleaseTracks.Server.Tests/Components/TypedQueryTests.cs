using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Tests.Components;

public sealed class TypedQueryTests
{
    private readonly TypedQuery typed = new();

    [Fact]
    public void Arrive_OwnWordsAfterTheNextLetter_LeaveWhatIsTyped()
    {
        typed.Text = "smart re";
        typed.Send();
        typed.Text = "smart rep";
        typed.Send();

        typed.Arrive("smart re");

        Assert.Equal("smart rep", typed.Text);
    }

    [Fact]
    public void Arrive_WordsOfALink_ReplaceWhatIsTyped()
    {
        typed.Text = "smart";
        typed.Send();
        typed.Arrive("smart");

        typed.Arrive("");

        Assert.Equal("", typed.Text);
    }

    [Fact]
    public void Arrive_TheSameWords_KeepTheSpaceAtTheEnd()
    {
        typed.Text = "smart ";
        typed.Arrive("smart");
        Assert.Equal("smart ", typed.Text);
    }

    [Fact]
    public void Arrive_WordsThatWereOvertaken_AreNotWaitedFor()
    {
        foreach (var text in new[] { "s", "sm", "sma" })
        {
            typed.Text = text;
            typed.Send();
        }

        typed.Arrive("sma");
        typed.Arrive("sm");

        Assert.Equal("sm", typed.Text);
    }
}
