using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Objectives;
using ReleaseTracks.Server.Rollbacks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tests.Rollbacks;

public sealed partial class BudgetExpositionTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider time = new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly ControlMetrics control = new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
    private readonly BudgetBoard board;

    public BudgetExpositionTests() => board = new(time);

    [GeneratedRegex("""^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+\{feature="[a-z-]*",track="[a-z]+",objective="[a-z]+"(,[a-z]+="[A-Za-z0-9]+")?\} -?[0-9.E+-]+)$""")]
    private static partial Regex Line { get; }

    [Fact]
    public void Write_ARow_GivesEverySeriesThatIsKnown()
    {
        control.Leads(true);
        board.Publish([Row("summaries", Verdict.Failed) with { Remaining = -0.25, DataAt = time.GetUtcNow() }], time.GetUtcNow(), Interval);
        time.Advance(TimeSpan.FromSeconds(3));

        var lines = Lines();

        Assert.All(lines, line => Assert.Matches(Line, line));
        Assert.Contains("""releasetracks_error_budget_remaining_ratio{feature="summaries",track="ai",objective="availability"} -0.25""", lines);
        Assert.Contains("""releasetracks_burn_rate{feature="summaries",track="ai",objective="availability",window="5m"} 14.5""", lines);
        Assert.Contains("""releasetracks_verdict{feature="summaries",track="ai",objective="availability",verdict="Failed"} 1""", lines, StringComparer.OrdinalIgnoreCase);
        Assert.Contains("""releasetracks_data_age_seconds{feature="summaries",track="ai",objective="availability"} 3""", lines);
        Assert.Single(lines, line => line.StartsWith("releasetracks_burn_rate", StringComparison.Ordinal));
        Assert.Equal(1, lines.Where(line => line.StartsWith("releasetracks_verdict", StringComparison.Ordinal)).Sum(line => double.Parse(line.Split(' ')[^1], null)));
    }

    [Fact]
    public void Write_AnUnknownValue_IsLeftOutAndNotZero()
    {
        control.Leads(true);
        board.Publish([Row(null, Verdict.Error) with { Remaining = double.NaN, BurnRates = BurnRates.Unknown }], time.GetUtcNow(), Interval);

        Assert.All(Lines().Where(line => line[0] != '#'), line => Assert.Matches("""^releasetracks_(verdict|shared_outage){feature="",track="ai",""", line));
    }

    [Fact]
    public void Write_AfterTheLoopStopped_SaysErrorInsteadOfTheOldVerdict()
    {
        control.Leads(true);
        board.Publish([Row("summaries", Verdict.Healthy)], time.GetUtcNow(), Interval);

        time.Advance(Interval * 5);

        Assert.Contains(Lines(), line => line.Contains("verdict=\"error\"} 1", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Write_WhereAnotherServerLeads_SaysNothing()
    {
        control.Leads(true);
        board.Publish([Row("summaries", Verdict.Healthy)], time.GetUtcNow(), Interval);
        control.Leads(false);

        Assert.Empty(Lines());
    }

    private string[] Lines()
    {
        var output = new ArrayBufferWriter<byte>();
        new BudgetExposition(board, control, time).Write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static BudgetRow Row(string? feature, Verdict verdict) => new()
    {
        Key = new(feature, TrackKey.Ai, "availability"),
        Objective = new() { Id = "availability", Indicator = Indicator.Availability, Target = 0.99 },
        BurnRates = BurnRates.Unknown with { FiveMinutes = 14.5 },
        Verdict = verdict,
        Reasons = [],
    };
}
