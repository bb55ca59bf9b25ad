using System.Globalization;
using System.Text;

namespace ReleaseTracks.Objectives;

/// <summary>
/// Durations as people write them: <c>28d</c>, <c>1h30m</c>, <c>500ms</c>; also <c>00:00:05</c>. Units fall from
/// left to right and appear once each, as in Prometheus. Never negative. A bare number is refused: it has no unit.
/// </summary>
public static class Durations
{
    private static readonly (string Name, TimeSpan Length)[] Units =
    [
        ("w", TimeSpan.FromDays(7)),
        ("d", TimeSpan.FromDays(1)),
        ("h", TimeSpan.FromHours(1)),
        ("m", TimeSpan.FromMinutes(1)),
        ("s", TimeSpan.FromSeconds(1)),
        ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (string.IsNullOrEmpty(text)) return false;
        return text.Contains(':', StringComparison.Ordinal)
            ? TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out duration) && duration >= TimeSpan.Zero
            : TryParseUnits(text, out duration);
    }

    /// <summary>The shortest form in days and smaller units that <see cref="TryParse"/> reads back; whole milliseconds.</summary>
    public static string Format(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        var text = new StringBuilder();
        var rest = duration.Ticks;
        foreach (var (name, length) in Units.AsSpan(1))
        {
            var count = rest / length.Ticks;
            rest %= length.Ticks;
            if (count > 0) text.Append(CultureInfo.InvariantCulture, $"{count}{name}");
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static bool TryParseUnits(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        long ticks = 0;
        var next = 0;
        while (!text.IsEmpty)
        {
            var digits = Length(text, char.IsAsciiDigit);
            if (digits == 0 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
            text = text[digits..];
            var letters = Length(text, char.IsAsciiLetterLower);
            var unit = IndexOf(text[..letters]);
            if (unit < next) return false;
            if (count > (long.MaxValue - ticks) / Units[unit].Length.Ticks) return false;
            ticks += count * Units[unit].Length.Ticks;
            text = text[letters..];
            next = unit + 1;
        }

        duration = new TimeSpan(ticks);
        return true;
    }

    private static int Length(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var length = 0;
        while (length < text.Length && belongs(text[length])) length++;
        return length;
    }

    private static int IndexOf(ReadOnlySpan<char> name)
    {
        for (var unit = 0; unit < Units.Length; unit++)
        {
            if (name.SequenceEqual(Units[unit].Name)) return unit;
        }

        return -1;
    }
}
