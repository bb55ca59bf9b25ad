using CsCheck;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public class DurationsTests
{
    [Theory]
    [InlineData("28d", 28 * 86_400_000L)]
    [InlineData("4w", 28 * 86_400_000L)]
    [InlineData("5m", 300_000)]
    [InlineData("15s", 15_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("0s", 0)]
    [InlineData("00:00:05", 5_000)]
    [InlineData("1.00:00:00", 86_400_000)]
    public void TryParse_AsPeopleWrite_Reads(string text, long milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("d")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData("5s1m")]
    [InlineData("5s5s")]
    [InlineData("1.5h")]
    [InlineData("5S")]
    [InlineData("5y")]
    [InlineData("-00:00:05")]
    [InlineData("99999999999999999999d")]
    [InlineData("999999999999d")]
    [InlineData("٥s")]
    public void TryParse_AnythingElse_Refuses(string? text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("28d")]
    [InlineData("1d12h")]
    [InlineData("1h30m")]
    [InlineData("500ms")]
    [InlineData("0s")]
    public void Format_WhatItReads_WritesTheSame(string text)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(text, Durations.Format(duration));
    }

    [Fact]
    public void Format_AnyMilliseconds_ReadsBack() =>
        Gen.Long[0, 100L * 366 * 86_400_000].Sample(milliseconds =>
            Durations.TryParse(Durations.Format(TimeSpan.FromMilliseconds(milliseconds)), out var back)
            && (long)back.TotalMilliseconds == milliseconds);
}
