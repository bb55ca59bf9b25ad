using CsCheck;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Tracks;

public sealed class TrackLimitsTests
{
    private static (TrackLimits Limits, IReadOnlyList<InputError> Errors) Read(string json, TrackKey track = TrackKey.Ai)
    {
        var errors = new InputErrors();
        return (TrackLimitsJson.Read(new JsonInput(Make.Json(json), "limits", errors), track), errors.All);
    }

    [Fact]
    public void WriteThenRead_Any_IsTheSame() => Gen.Select(DomainGen.Limits, DomainGen.Track).Sample((limits, track) =>
        Assert.Equal(limits, Read(Make.Text(json => TrackLimitsJson.Write(json, limits)), track).Limits));

    [Fact]
    public void Absent_IsTheTracksDefault_WhichNeverBlocksAFirstRelease()
    {
        foreach (var track in TrackKeys.All)
        {
            Assert.Equal(TrackLimits.DefaultOf(track), Read("{}", track).Limits);
            Assert.Equal(TrackLimits.DefaultOf(track), Read("null", track).Limits);
            Assert.Equal(TrackLimits.DefaultOf(track), DefaultTracks.All.Single(one => one.Key == track).Limits);
            Assert.Equal(100, TrackLimits.DefaultOf(track).MaxStepPercent);
        }
    }

    [Fact]
    public void Everything_Given_IsRead()
    {
        var limits = Read("""
            {"soakTime":"36h","soakVolume":5000,"rollbackCooldown":"1h","maxStepPercent":12.5,"freezeWindows":[{"cron":"0 18 * * FRI","duration":"62h","timeZone":"Europe/Berlin"},{"cron":"0 0 24 12 *","duration":"3d"}]}
            """).Limits;
        Assert.Equal((TimeSpan.FromHours(36), 5000, TimeSpan.FromHours(1), 12.5), (limits.SoakTime, limits.SoakVolume, limits.RollbackCooldown, limits.MaxStepPercent));
        Assert.Equal([new("0 18 * * FRI", TimeSpan.FromHours(62), "Europe/Berlin"), new FreezeWindow("0 0 24 12 *", TimeSpan.FromDays(3), "UTC")], limits.FreezeWindows);
    }

    [Theory]
    [InlineData("""{"soakTime":"soon"}""", "limits.soakTime", "Must be a duration from 0s to 366d, such as 24h.")]
    [InlineData("""{"soakTime":"400d"}""", "limits.soakTime", "Must be a duration from 0s to 366d, such as 24h.")]
    [InlineData("""{"soakTime":24}""", "limits.soakTime", "Must be a string.")]
    [InlineData("""{"soakVolume":-1}""", "limits.soakVolume", "Must be a whole number from 0: events before a feature may move on.")]
    [InlineData("""{"soakVolume":1.5}""", "limits.soakVolume", "Must be a whole number.")]
    [InlineData("""{"rollbackCooldown":"-1h"}""", "limits.rollbackCooldown", "Must be a duration from 0s to 366d, such as 24h.")]
    [InlineData("""{"maxStepPercent":0}""", "limits.maxStepPercent", "Must be above 0, at most 100; 100 is no limit.")]
    [InlineData("""{"maxStepPercent":101}""", "limits.maxStepPercent", "Must be above 0, at most 100; 100 is no limit.")]
    [InlineData("""{"freezeWindows":{}}""", "limits.freezeWindows", "Must be an array.")]
    [InlineData("""{"freezeWindows":[{"cron":"0 18 * *","duration":"1h"}]}""", "limits.freezeWindows[0].cron", "Must have five fields (minute hour day month weekday), such as 0 18 * * FRI.")]
    [InlineData("""{"freezeWindows":[{"cron":"0 18 * * FRI"}]}""", "limits.freezeWindows[0].duration", "Missing: give how long the window lasts, such as 62h.")]
    [InlineData("""{"freezeWindows":[{"cron":"0 18 * * FRI","duration":"40d"}]}""", "limits.freezeWindows[0].duration", "Must be a duration from 1m to 31d, such as 24h.")]
    [InlineData("""{"soak":"1h"}""", "limits.soak", "Unknown member; known here: soakTime, soakVolume, rollbackCooldown, maxStepPercent, freezeWindows.")]
    [InlineData("7", "limits", "Must be an object.")]
    public void Bad_IsRefusedWithPathAndFix(string json, string path, string message) =>
        Assert.Equal(new InputError(path, message), Assert.Single(Read(json).Errors));

    [Fact]
    public void ManyBad_AllAreNamedAtOnce() => Assert.Equal(
        ["limits.soakTime", "limits.soakVolume", "limits.maxStepPercent", "limits.freezeWindows[0].cron", "limits.freezeWindows[0].duration"],
        Read("""{"soakTime":"x","soakVolume":-1,"maxStepPercent":0,"freezeWindows":[{}]}""").Errors.Select(error => error.Path));
}
