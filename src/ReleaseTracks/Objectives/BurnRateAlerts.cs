using System.Collections.Immutable;
using System.Globalization;

namespace ReleaseTracks.Objectives;

public enum BurnAlertLevel
{
    None,
    Ticket,
    Page,
}

public sealed record BurnAlert(BurnAlertLevel Level, ImmutableArray<string> Reasons);

/// <summary>
/// Multi-window, multi-burn-rate alerts of the SRE workbook, chapter 5: the long window says that it matters, the
/// short one that it still goes on. They call people; they never roll back. An unknown rate never alerts. Under a
/// target of 93.06 % a rate of 14.4 cannot be reached, so such objectives page through the slower rule alone.
/// </summary>
public static class BurnRateAlerts
{
    private static readonly BurnAlert Calm = new(BurnAlertLevel.None, []);

    public static BurnAlert Evaluate(BurnRates rates)
    {
        ArgumentNullException.ThrowIfNull(rates);
        List<(BurnAlertLevel Level, string Reason)> found = [];
        Check(BurnAlertLevel.Page, 14.4, ("1h", rates.OneHour), ("5m", rates.FiveMinutes));
        Check(BurnAlertLevel.Page, 6, ("6h", rates.SixHours), ("30m", rates.ThirtyMinutes));
        Check(BurnAlertLevel.Ticket, 3, ("1d", rates.OneDay), ("2h", rates.TwoHours));
        Check(BurnAlertLevel.Ticket, 1, ("3d", rates.ThreeDays), ("6h", rates.SixHours));
        return found.Count == 0 ? Calm : new BurnAlert(found.Max(alert => alert.Level), [.. found.Select(alert => alert.Reason)]);

        void Check(BurnAlertLevel level, double limit, (string Name, double? Rate) longer, (string Name, double? Rate) shorter)
        {
            if (longer.Rate > limit && shorter.Rate > limit)
            {
                found.Add((level, string.Create(
                    CultureInfo.InvariantCulture,
                    $"burning {longer.Rate:0.0}x over {longer.Name} and {shorter.Rate:0.0}x over {shorter.Name} (limit {limit}x)")));
            }
        }
    }
}
