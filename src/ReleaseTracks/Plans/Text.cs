using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace ReleaseTracks.Plans;

/// <summary>What may stand in a text somebody sent, and how it is shown back.</summary>
public static class Text
{
    private const int ShownLength = 64;

    /// <summary>False for text that is not Unicode, such as a lone surrogate escape.</summary>
    public static bool TryRead(JsonElement element, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = element.GetString();
        }
        catch (InvalidOperationException)
        {
            text = null;
        }

        return text is not null;
    }

    /// <summary>The name of a member, or null if it is not Unicode.</summary>
    public static string? TryRead(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Control characters other than tab and line feed have no place in a name or a text.</summary>
    public static bool HasControl(string text) => text.Any(c => char.IsControl(c) && c is not ('\n' or '\t'));

    /// <summary>Foreign text for a message: bounded, without control characters.</summary>
    public static string Shown(string text)
    {
        var cut = text.Length > ShownLength ? string.Concat(text.AsSpan(0, ShownLength), "…") : text;
        return string.Concat(cut.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c));
    }

    /// <summary>Keys are <c>[a-z0-9][a-z0-9-]{0,62}</c>: safe in a path, a label and a storage key.</summary>
    public static bool IsKey(string text) =>
        text.Length is > 0 and <= 63 && text[0] != '-' && text.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');
}
