using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Tracks;

/// <summary>
/// Reads and writes a track's limits:
/// <c>{"soakTime":"24h","soakVolume":100,"rollbackCooldown":"1h","maxStepPercent":25,"freezeWindows":[{"cron":"0 18 * * FRI","duration":"62h","timeZone":"Europe/Berlin"}]}</c>.
/// What is absent is the track's default.
/// </summary>
public static class TrackLimitsJson
{
    private const int MostWindows = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(31);

    public static TrackLimits Read(JsonInput input, TrackKey track)
    {
        var missing = TrackLimits.DefaultOf(track);
        if (input.IsMissing || !input.RequireObject("soakTime", "soakVolume", "rollbackCooldown", "maxStepPercent", "freezeWindows"))
            return missing;
        return new()
        {
            SoakTime = ReadDuration(input.Member("soakTime"), TimeSpan.Zero, Longest) ?? missing.SoakTime,
            SoakVolume = ReadVolume(input.Member("soakVolume")) ?? missing.SoakVolume,
            RollbackCooldown = ReadDuration(input.Member("rollbackCooldown"), TimeSpan.Zero, Longest) ?? missing.RollbackCooldown,
            MaxStepPercent = ReadPercent(input.Member("maxStepPercent")) ?? missing.MaxStepPercent,
            FreezeWindows = [.. input.Member("freezeWindows").Items(MostWindows).Select(ReadWindow).OfType<FreezeWindow>()],
        };
    }

    public static void Write(Utf8JsonWriter json, TrackLimits limits)
    {
        json.WriteStartObject();
        json.WriteString("soakTime", Durations.Format(limits.SoakTime));
        json.WriteNumber("soakVolume", limits.SoakVolume);
        json.WriteString("rollbackCooldown", Durations.Format(limits.RollbackCooldown));
        json.WriteNumber("maxStepPercent", limits.MaxStepPercent);
        json.WriteArray("freezeWindows", limits.FreezeWindows, (writer, window) =>
        {
            writer.WriteStartObject();
            writer.WriteString("cron", window.Cron);
            writer.WriteString("duration", Durations.Format(window.Duration));
            writer.WriteString("timeZone", window.TimeZone);
            writer.WriteEndObject();
        });
        json.WriteEndObject();
    }

    /// <summary>Whether the expression and the time zone mean something is for whoever has a calendar; here only their form.</summary>
    private static FreezeWindow? ReadWindow(JsonInput input)
    {
        if (!input.RequireObject("cron", "duration", "timeZone"))
            return null;
        var cron = input.Member("cron").RequiredString(100);
        if (cron.Length > 0 && cron.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length != 5)
            input.Member("cron").Fail("Must have five fields (minute hour day month weekday), such as 0 18 * * FRI.");
        if (input.Member("duration").IsMissing)
            input.Member("duration").Fail("Missing: give how long the window lasts, such as 62h.");
        var duration = ReadDuration(input.Member("duration"), TimeSpan.FromMinutes(1), LongestWindow) ?? LongestWindow;
        return new(cron, duration, input.Member("timeZone").OptionalString(100) ?? "UTC");
    }

    private static TimeSpan? ReadDuration(JsonInput input, TimeSpan least, TimeSpan most)
    {
        if (input.OptionalString(40) is not { } text)
            return null;
        if (Durations.TryParse(text, out var span) && span >= least && span <= most && span.Ticks % TimeSpan.TicksPerMillisecond == 0)
            return span;
        input.Fail($"Must be a duration from {Durations.Format(least)} to {Durations.Format(most)}, such as 24h.");
        return null;
    }

    private static long? ReadVolume(JsonInput input)
    {
        var volume = input.Whole();
        if (volume is < 0 or > 1_000_000_000_000)
            input.Fail("Must be a whole number from 0: events before a feature may move on.");
        return volume;
    }

    private static double? ReadPercent(JsonInput input)
    {
        var percent = input.Number();
        if (percent is <= 0 or > 100)
            input.Fail("Must be above 0, at most 100; 100 is no limit.");
        return percent;
    }
}
