using System.Text.RegularExpressions;

namespace ReleaseTracks.Server.Tests.Operations;

/// <summary>The shipped Prometheus rules, as Prometheus' own tool sees them, and what an alert leads to.</summary>
public sealed partial class RulesTests
{
    [Fact]
    public async Task Rules_CheckedByPromtool_AreSound()
    {
        var (exit, output) = await Shipped.RunAsync("promtool", ["check", "rules", .. Shipped.Rules]);

        Assert.True(exit == 0, output);
        Assert.Equal(2, Shipped.Rules.Length);
    }

    [Fact]
    public async Task Rules_TestedByPromtool_FireWhenTheyShould()
    {
        var (exit, output) = await Shipped.RunAsync("promtool", "test", "rules", Shipped.At("dashboards", "tests", "alerts.test.yml"));

        Assert.True(exit == 0, output);
    }

    [Fact]
    public void Alerts_EachOne_IsTestedAndHasARunbookSection()
    {
        var tests = Shipped.Read("dashboards", "tests", "alerts.test.yml");
        var alerts = Alert().Matches(Shipped.Read("dashboards", "rules", "alerts.yml"));
        Assert.True(alerts.Count >= 17);

        foreach (Match alert in alerts)
        {
            var (name, severity, page, anchor) = (alert.Groups["name"].Value, alert.Groups["severity"].Value, alert.Groups["page"].Value, alert.Groups["anchor"].Value);
            Assert.Contains(severity, (string[])["page", "ticket"]);
            Assert.Contains(name, tests, StringComparison.Ordinal);
            Assert.Equal(name.ToLowerInvariant(), anchor);
            var section = Section(Shipped.Read("deploy", "runbooks", page), name);
            foreach (var part in (string[])["**Means.**", "**Look.**", "**Do.**"])
                Assert.Contains(part, section, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Runbooks_EachSection_IsOfAnAlert()
    {
        var alerts = Alert().Matches(Shipped.Read("dashboards", "rules", "alerts.yml")).Select(alert => alert.Groups["name"].Value);
        var sections = Directory.GetFiles(Shipped.At("deploy", "runbooks"), "*.md").SelectMany(File.ReadAllLines)
            .Where(line => line.StartsWith("## ", StringComparison.Ordinal)).Select(line => line[3..]);

        Assert.Equal(alerts.Order(StringComparer.Ordinal), sections.Order(StringComparer.Ordinal));
    }

    private static string Section(string page, string name)
    {
        var from = page.IndexOf($"\n## {name}\n", StringComparison.Ordinal);
        Assert.True(from >= 0, $"no section {name}");
        var to = page.IndexOf("\n## ", from + 4, StringComparison.Ordinal);
        return to < 0 ? page[from..] : page[from..to];
    }

    [GeneratedRegex(@"- alert: (?<name>\w+)\n(?:.*\n)*?\s+severity: (?<severity>\w+)\n(?:.*\n)*?\s+runbook_url: \S+/runbooks/(?<page>[a-z]+\.md)#(?<anchor>\w+)\n")]
    private static partial Regex Alert();
}
