using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace ReleaseTracks.Server.Tracks.Editing;

/// <summary>The fields of the form under the names they have in a plan, and how what is typed in them is sent.</summary>
public static class TrackFields
{
    public static ImmutableArray<string> Limits { get; } = ["soakTime", "soakVolume", "rollbackCooldown", "maxStepPercent"];

    public static ImmutableArray<string> Freeze { get; } = ["cron", "duration", "timeZone"];

    public static ImmutableArray<string> Objective { get; } =
    [
        "id", "indicator", "target", "window", "onBreach", "alpha", "margin", "sharedOutage", "minBudgetSpent", "totalFrom",
        "source", "source.good", "source.bad", "source.total",
    ];

    public static void WriteTyped(this Utf8JsonWriter json, string name, string text)
    {
        if (text.Trim() is { Length: > 0 } typed)
            json.WriteString(name, typed);
    }

    /// <summary>What is no number is sent as it was typed: the reader says so where it stands.</summary>
    public static void WriteTypedNumber(this Utf8JsonWriter json, string name, string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var whole))
            json.WriteNumber(name, whole);
        else if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            json.WriteNumber(name, number);
        else
            json.WriteTyped(name, text);
    }
}
