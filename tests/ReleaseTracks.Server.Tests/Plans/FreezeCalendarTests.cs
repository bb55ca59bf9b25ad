using System.Globalization;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Plans;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Plans;

/// <summary>In 2026 Berlin's clocks go forward on 29 March (02:00 becomes 03:00, 01:00 UTC) and back on 25 October (03:00 becomes 02:00).</summary>
public sealed class FreezeCalendarTests
{
    private static string? OpenUntil(string cron, string duration, string zone, string now)
    {
        Assert.True(ReleaseTracks.Objectives.Durations.TryParse(duration, out var span));
        return FreezeCalendar.OpenUntil(new(cron, span, zone), At(now))?.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData("2026-11-27T17:59", null)]
    [InlineData("2026-11-27T18:00", "2026-11-30T08:00")]
    [InlineData("2026-11-30T07:59", "2026-11-30T08:00")]
    [InlineData("2026-11-30T08:00", null)]
    public void Weekend_InUtc_OpensAndCloses(string now, string? until) => Assert.Equal(until, OpenUntil("0 18 * * FRI", "62h", "UTC", now));

    [Theory]
    [InlineData("2026-07-03T15:59", null)]
    [InlineData("2026-07-03T16:00", "2026-07-03T17:00")]
    [InlineData("2026-12-04T16:59", null)]
    [InlineData("2026-12-04T17:00", "2026-12-04T18:00")]
    public void TimeZone_SummerAndWinter_OpensAtTheLocalTime(string now, string? until) => Assert.Equal(until, OpenUntil("0 18 * * FRI", "1h", "Europe/Berlin", now));

    [Theory]
    [InlineData("2026-03-29T00:59", null)]
    [InlineData("2026-03-29T01:00", "2026-03-29T02:00")]
    [InlineData("2026-03-29T01:59", "2026-03-29T02:00")]
    [InlineData("2026-03-29T02:00", null)]
    public void SpringForward_StartDoesNotExist_OpensRightAfterTheJump(string now, string? until) =>
        Assert.Equal(until, OpenUntil("30 2 * * *", "1h", "Europe/Berlin", now));

    [Theory]
    [InlineData("2026-10-25T00:29", null)]
    [InlineData("2026-10-25T00:30", "2026-10-25T01:00")]
    [InlineData("2026-10-25T01:00", null)]
    [InlineData("2026-10-25T01:30", null)]
    public void FallBack_StartHappensTwice_OpensOnceAtTheFirst(string now, string? until) =>
        Assert.Equal(until, OpenUntil("30 2 * * *", "30m", "Europe/Berlin", now));

    [Fact]
    public void FallBackAndSpringForward_InsideTheWindow_ItLastsItsRealDuration()
    {
        Assert.Equal("2026-10-25T10:00", OpenUntil("0 0 * * SUN", "12h", "Europe/Berlin", "2026-10-24T22:00"));
        Assert.Equal("2026-03-29T11:00", OpenUntil("0 0 * * SUN", "12h", "Europe/Berlin", "2026-03-28T23:00"));
    }

    [Fact]
    public void Overlapping_Windows_AreOne() => Assert.Equal("2026-11-28T03:00", OpenUntil("0 18-23 * * FRI", "4h", "UTC", "2026-11-27T19:00"));

    [Fact]
    public void EveryMinute_LongWindow_AnswersAtOnce() => Assert.NotNull(OpenUntil("* * * * *", "31d", "UTC", "2026-11-27T19:00"));

    [Theory]
    [InlineData("61 25 * * *", "UTC")]
    [InlineData("0 18 * * *", "Mars/Olympus")]
    public void Unreadable_Window_Freezes(string cron, string zone) => Assert.Equal("2026-11-27T20:00", OpenUntil(cron, "1h", zone, "2026-11-27T19:00"));

    [Theory]
    [InlineData("61 25 * * *", "UTC", "cron", "Is not a cron expression")]
    [InlineData("0 0 30 2 *", "UTC", "cron", "Never fires")]
    [InlineData("0 18 * * FRI", "Mars/Olympus", "timeZone", "There is no such time zone")]
    public void Check_BadWindow_IsNamedWithItsPath(string cron, string zone, string member, string message)
    {
        var errors = new InputErrors();
        var put = new Change.TrackPut(new() { Key = TrackKey.Stable, Name = "Stable", Limits = new() { FreezeWindows = [new("0 18 * * FRI", TimeSpan.FromHours(1), "UTC"), new(cron, TimeSpan.FromHours(1), zone)] } });
        FreezeCalendar.Check(new("t", "r", [put], Snapshot.Empty, Snapshot.Empty), errors);
        var error = Assert.Single(errors.All);
        Assert.Equal($"changes[0].track.limits.freezeWindows[1].{member}", error.Path);
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }
}
