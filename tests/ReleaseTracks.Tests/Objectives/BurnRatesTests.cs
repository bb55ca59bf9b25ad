using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tests.Objectives;

public class BurnRatesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 20, TimeSpan.Zero);

    [Fact]
    public void Measure_NoEventsInWindow_IsUnknownNotZero()
    {
        var history = new SliHistory<string>();
        history.Add("a", Now.AddMinutes(-20), 100, 2);

        var rates = BurnRates.Measure(history, "a", Now, 0.99);

        Assert.Null(rates.FiveMinutes);
        Assert.Equal(2, rates.ThirtyMinutes!.Value, 9);
        Assert.Equal(2, rates.ThreeDays!.Value, 9);
        Assert.Equal(BurnRates.Unknown, BurnRates.Measure(history, "b", Now, 0.99));
    }

    [Fact]
    public void Alerts_FastBurnStillGoingOn_Pages()
    {
        var alert = BurnRateAlerts.Evaluate(BurnRates.Unknown with { OneHour = 15, FiveMinutes = 20 });

        Assert.Equal(BurnAlertLevel.Page, alert.Level);
        Assert.Equal("burning 15.0x over 1h and 20.0x over 5m (limit 14.4x)", Assert.Single(alert.Reasons));
    }

    [Theory]
    [InlineData(15.0, 3.0, BurnAlertLevel.None)]
    [InlineData(14.4, 20.0, BurnAlertLevel.None)]
    [InlineData(15.0, null, BurnAlertLevel.None)]
    [InlineData(14.5, 14.5, BurnAlertLevel.Page)]
    public void Alerts_OverOneHour_NeedBothWindows(double? hour, double? minutes, BurnAlertLevel expected) =>
        Assert.Equal(expected, BurnRateAlerts.Evaluate(BurnRates.Unknown with { OneHour = hour, FiveMinutes = minutes }).Level);

    [Fact]
    public void Alerts_SlowBurns_AreTicketsAndTheWorstWins()
    {
        Assert.Equal(BurnAlertLevel.Ticket, BurnRateAlerts.Evaluate(BurnRates.Unknown with { OneDay = 3.1, TwoHours = 3.1 }).Level);
        Assert.Equal(BurnAlertLevel.Ticket, BurnRateAlerts.Evaluate(BurnRates.Unknown with { ThreeDays = 1.1, SixHours = 1.1 }).Level);
        var both = BurnRateAlerts.Evaluate(BurnRates.Unknown with { ThreeDays = 7, SixHours = 7, ThirtyMinutes = 7 });
        Assert.Equal(BurnAlertLevel.Page, both.Level);
        Assert.Equal(2, both.Reasons.Length);
    }
}
