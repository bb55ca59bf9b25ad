using System.Globalization;

namespace ReleaseTracks.Server.Components;

/// <summary>Numbers and times as people read them. Unknown is said, never shown as zero.</summary>
public static class Show
{
    public const string Unknown = "unknown";

    public static string Exact(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Ago(TimeSpan age) => age < TimeSpan.FromSeconds(1) ? "just now" : Span(age) + " ago";

    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 9.95 } => Text($"{Math.Max(0, span.TotalSeconds):0.#} s"),
        { TotalSeconds: < 60 } => Text($"{Math.Floor(span.TotalSeconds)} s"),
        { TotalMinutes: < 60 } => Text($"{Math.Floor(span.TotalMinutes)} min"),
        { TotalHours: < 48 } => Text($"{Math.Floor(span.TotalHours)} h"),
        _ => Text($"{Math.Floor(span.TotalDays)} days"),
    };

    public static string Count(long? number) => number is { } known ? Text($"{known:N0}") : Unknown;

    /// <summary>A share of 1 as percent, with just enough digits to tell 99.9 from 100.</summary>
    public static string Percent(double share) => Text($"{share * 100:0.###} %");

    public static string Weight(double percent) => Text($"{percent:0.##} %");

    /// <summary>Rounded down, so that 0.4 % left is never shown as more than there is; an overspent budget says so.</summary>
    public static string Remaining(double? remaining) => remaining switch
    {
        null => Unknown,
        < -9.99 => "overspent > 999 %",
        < 0 => Text($"overspent {Math.Ceiling(-remaining.Value * 100)} %"),
        < 0.1 => Text($"{Math.Floor(remaining.Value * 1000) / 10:0.#} % left"),
        _ => Text($"{Math.Floor(remaining.Value * 100)} % left"),
    };

    public static string BurnRate(double? rate) => rate switch
    {
        null => "no events",
        >= 100 => Text($"{rate:0}×"),
        _ => Text($"{rate:0.0}×"),
    };

    public static string Log(double? evidence) => evidence is { } known ? Text($"{known:0.0;−0.0;0.0}") : "none";

    /// <summary>For styles and attributes, where only the dot will do.</summary>
    public static string Css(double number) => Text($"{number:0.##}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
