using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Tests.Components;

public sealed class ShowTests
{
    [Theory]
    [InlineData(null, "unknown")]
    [InlineData(1d, "100 % left")]
    [InlineData(0.999, "99 % left")]
    [InlineData(0.0049, "0.4 % left")]
    [InlineData(0d, "0 % left")]
    [InlineData(-0.2, "overspent 20 %")]
    [InlineData(-50d, "overspent > 999 %")]
    public void Remaining_AnyBudget_NeverLooksBetterThanItIs(double? remaining, string expected) => Assert.Equal(expected, Show.Remaining(remaining));

    [Theory]
    [InlineData(0.2, "just now")]
    [InlineData(-3, "just now")]
    [InlineData(4.25, "4.3 s ago")]
    [InlineData(59.9, "59 s ago")]
    [InlineData(61, "1 min ago")]
    [InlineData(7200, "2 h ago")]
    [InlineData(300000, "3 days ago")]
    public void Ago_AnyAge_IsReadable(double seconds, string expected) => Assert.Equal(expected, Show.Ago(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(null, "no events")]
    [InlineData(0d, "0.0×")]
    [InlineData(14.44, "14.4×")]
    public void BurnRate_NoEvents_IsNotZero(double? rate, string expected) => Assert.Equal(expected, Show.BurnRate(rate));
}
