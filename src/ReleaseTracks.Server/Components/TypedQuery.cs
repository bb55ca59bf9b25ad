namespace ReleaseTracks.Server.Components;

/// <summary>
/// Words being typed whose place is the page's address. The address comes back later than the next letter is typed, so
/// what this page sent itself must not replace what stands in the box by then; what comes from a link does.
/// </summary>
public sealed class TypedQuery
{
    private readonly List<string> sent = [];

    public string Text { get; set; } = "";

    /// <summary>The words on their way to the address.</summary>
    public string Send()
    {
        var words = Text.Trim();
        sent.Add(words);
        return words;
    }

    public void Arrive(string words)
    {
        var own = sent.IndexOf(words);
        if (own >= 0)
            sent.RemoveRange(0, own + 1);
        else if (Text.Trim() != words)
            Text = words;
    }
}
