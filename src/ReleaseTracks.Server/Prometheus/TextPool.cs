using System.Text.Json;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>One string per distinct text of an answer, so that ten thousand rows do not make seventy thousand strings.</summary>
internal sealed class TextPool
{
    private const int LongestPooled = 256;
    private readonly HashSet<string> texts = [];

    public string Get(ref Utf8JsonReader reader)
    {
        var length = reader.HasValueSequence ? (int)reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (length > LongestPooled) return reader.GetString()!;
        Span<char> characters = stackalloc char[LongestPooled];
        characters = characters[..reader.CopyString(characters)];
        var lookup = texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(characters, out var known)) return known;
        var text = characters.ToString();
        texts.Add(text);
        return text;
    }
}
