namespace ReleaseTracks.Benchmarks;

/// <summary>A row of the table. A false-rollback row has a share as its target, a detection row a median in seconds.</summary>
internal sealed record Situation(string Name, double Target, int Runs, params Scenario[] Scenarios)
{
    public bool Detects => Scenarios[0].FaultPhase >= 0;

    public ulong Seed(int scenario) => (ulong)Situations.All.IndexOf(this) * 1_000_003 + (ulong)scenario * 10_007 + 20_260_101;
}

internal static class Situations
{
    private const int Month = 30 * 24;

    public static List<Situation> All { get; } =
    [
        new("false rollback in 30 days at 1x budget", 0.01, 600, Grid(1)),
        new("false rollback in 30 days at 0.5x budget", 0.002, 600, Grid(0.5)),
        new("bursts of 5-20 failures, long-run 0.5x, 10 days", 0.002, 1000, Bursts()),
        new("shared outage 5x/5x for a day", 0.005, 500, SharedOutage()),
        Detection("total outage, 1 rps, 99 %, from the start", 30, new(1, 0.99, Phase.Hours(24, 100))),
        Detection("20x, 1 rps, 99 %, from the start", 60, new(1, 0.99, Phase.Hours(24, 20))),
        Detection("20x, 1 rps, 99 %, after a healthy week, at the hour", 120, AfterWeek),
        Detection("20x, 1 rps, 99 %, after a healthy week, at any minute", 120, AfterWeek with { RandomFaultMinute = true }),
        Detection("5x, 10 rps, 99.9 %, from the start", 240, new(10, 0.999, Phase.Hours(24, 5))),
        Detection("2x, 10 rps, 99 %, from the start", 360, new(10, 0.99, Phase.Hours(24, 2))),
    ];

    private static Scenario[] Grid(double multiple) =>
    [
        .. from target in new[] { 0.99, 0.999 }
           from rate in new[] { 0.1, 1, 10, 100 }
           select new Scenario(rate, target, Phase.Hours(Month, multiple)),
    ];

    private static Scenario[] Bursts() =>
    [
        .. from target in new[] { 0.99, 0.999 }
           from rate in new[] { 1.0, 10 }
           select new Scenario(rate, target, Phase.Hours(240, 0.5)) { Bursts = true },
    ];

    /// <summary>An hour of health, a day in which both sides fail at five times the budget, an hour of recovery.</summary>
    private static Scenario[] SharedOutage() =>
    [
        .. from target in new[] { 0.99, 0.999 }
           from split in new[] { (1.0, 9.0), (5.0, 5.0), (9.0, 1.0) }
           select new Scenario(split.Item1, target, Phase.Hours(1, 0.5, 0.5), Phase.Hours(24, 5, 5), Phase.Hours(1, 0.5, 0.5))
           {
               ControlRate = split.Item2,
           },
    ];

    private static Scenario AfterWeek => new(1, 0.99, Phase.Hours(168, 0.5), Phase.Hours(24, 20)) { FaultPhase = 1 };

    private static Situation Detection(string name, double target, Scenario scenario) =>
        new(name, target, 1000, scenario with { FaultPhase = Math.Max(0, scenario.FaultPhase) });
}
