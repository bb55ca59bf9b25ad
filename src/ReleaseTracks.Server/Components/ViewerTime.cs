using System.Globalization;

namespace ReleaseTracks.Server.Components;

/// <summary>Times on the clock of whoever looks. Every page gets it as a cascading value; UTC until the browser told its zone.</summary>
public sealed record ViewerTime(TimeZoneInfo Zone)
{
    /// <summary>The script in the head writes it before the first paint.</summary>
    public const string Cookie = "rt.zone";

    public static ViewerTime Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary>A zone nobody knows is no reason to fail: it comes from a cookie.</summary>
    public static ViewerTime Of(string? zone) =>
        zone is { Length: > 0 and < 64 } && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) ? new(found) : Utc;

    public string Name => Zone == TimeZoneInfo.Utc ? "UTC" : Zone.Id;

    /// <summary>To read: without the day where it is today's.</summary>
    public string Short(DateTimeOffset at, DateTimeOffset now) =>
        Format(at, Local(at).Date == Local(now).Date ? "HH:mm:ss" : "d MMM yyyy, HH:mm");

    public string Clock(DateTimeOffset at) => Format(at, "HH:mm:ss");

    /// <summary>On hover: to the second, here and in UTC, so that it can be compared with a log.</summary>
    public string Exact(DateTimeOffset at) => Zone == TimeZoneInfo.Utc ? Show.Exact(at) : $"{Format(at, "yyyy-MM-dd HH:mm:ss")} {Name} ({Show.Exact(at)})";

    /// <summary>On an axis whose ticks are this far apart.</summary>
    public string Tick(DateTimeOffset at, TimeSpan step) => Format(at, step switch
    {
        { TotalMinutes: < 1 } => "HH:mm:ss",
        { TotalDays: < 1 } => Local(at).TimeOfDay == TimeSpan.Zero && step >= TimeSpan.FromHours(1) ? "d MMM" : "HH:mm",
        _ => "d MMM",
    });

    private string Format(DateTimeOffset at, string format) => Local(at).ToString(format, CultureInfo.InvariantCulture);

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, Zone);
}
