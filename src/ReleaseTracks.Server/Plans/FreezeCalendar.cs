using System.Collections.Immutable;
using Cronos;
using ReleaseTracks.Plans;
using ReleaseTracks.Plans.Rules;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Plans;

/// <summary>
/// Which freeze windows are open. A window opens at a local time and lasts a real duration: where clocks jump forward
/// over its start, it opens right after the jump; where they go back, it opens once, at the first of the two.
/// </summary>
public static class FreezeCalendar
{
    /// <summary>Windows that overlap or touch are one; looking further ahead than this helps nobody.</summary>
    private const int MostJoined = 50;

    public static ImmutableArray<ActiveFreeze> ActiveAt(Snapshot state, DateTimeOffset now) =>
    [
        .. state.Tracks.Values.SelectMany(track => track.Config.Limits.FreezeWindows
            .Select(window => OpenUntil(window, now) is { } until ? new ActiveFreeze(track.Config.Key, until, window.ToString()) : null))
            .OfType<ActiveFreeze>(),
    ];

    /// <summary>When the window that is open ends; null if none is.</summary>
    public static DateTimeOffset? OpenUntil(FreezeWindow window, DateTimeOffset now)
    {
        // What cannot be read freezes: a typo must not open what somebody meant to close.
        if (!CronExpression.TryParse(window.Cron, out var cron) || !TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out var zone))
            return now + window.Duration;
        var start = cron.GetNextOccurrence(now - window.Duration, zone);
        if (start is null || start > now)
            return null;
        var until = start.Value + window.Duration;
        for (var i = 0; i < MostJoined && cron.GetNextOccurrence(start.Value, zone) is { } next && next <= until; i++)
        {
            start = next;
            until = next + window.Duration;
        }

        return until.ToUniversalTime();
    }

    /// <summary>Names every window of a draft that a calendar cannot make sense of.</summary>
    public static void Check(PlanDraft draft, InputErrors errors)
    {
        for (var i = 0; i < draft.Changes.Length; i++)
        {
            if (draft.Changes[i] is not Change.TrackPut { Track.Limits.FreezeWindows: var windows })
                continue;
            for (var j = 0; j < windows.Length; j++)
                Check(windows[j], errors, $"changes[{i}].track.limits.freezeWindows[{j}]");
        }
    }

    private static void Check(FreezeWindow window, InputErrors errors, string path)
    {
        if (!CronExpression.TryParse(window.Cron, out var cron))
            errors.Add($"{path}.cron", "Is not a cron expression: give minute, hour, day of month, month and day of week, such as 0 18 * * FRI.");
        else if (cron.GetNextOccurrence(DateTimeOffset.UnixEpoch, TimeZoneInfo.Utc) is null)
            errors.Add($"{path}.cron", "Never fires: correct the day or the month.");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out _))
            errors.Add($"{path}.timeZone", "There is no such time zone; give an IANA name such as Europe/Berlin.");
    }
}
