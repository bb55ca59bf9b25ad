using System.Text.RegularExpressions;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Operations;

/// <summary>A dashboard of a metric that nobody exposes is a lie that looks calm.</summary>
public sealed partial class MetricNamesTests
{
    // What Prometheus adds to every series when it scrapes, and what is its own.
    private static readonly string[] OfPrometheus = ["job", "instance", "alertname", "alertstate"];

    [Fact]
    public async Task Names_InDashboardsAndRules_AreOnALiveServer()
    {
        await using var server = await TestServer.StartAsync();
        var exposed = await ExposedAsync(server);
        var recorded = Recorded().Matches(Shipped.Read("dashboards", "rules", "recording.yml")).Select(match => match.Groups[1].Value).ToHashSet();
        var used = 0;
        var unknown = new List<string>();
        foreach (var (where, promQl) in Shipped.Expressions())
        {
            foreach (Match match in Metric().Matches(promQl))
            {
                used++;
                var name = match.Groups["name"].Value;
                if (name.Contains(':', StringComparison.Ordinal) ? !recorded.Contains(name) : name != "up" && !exposed.ContainsKey(name))
                    unknown.Add($"{where}: {name}");
                if (exposed.TryGetValue(name, out var labels))
                    unknown.AddRange(Matcher().Matches(match.Groups["matchers"].Value).Select(one => one.Groups[1].Value)
                        .Where(label => !labels.Contains(label) && !OfPrometheus.Contains(label)).Select(label => $"{where}: {name}{{{label}}}"));
            }

            var known = exposed.Values.SelectMany(labels => labels).Concat(OfPrometheus).ToHashSet();
            unknown.AddRange(Grouping().Matches(promQl).SelectMany(match => match.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Where(label => !known.Contains(label)).Select(label => $"{where}: by {label}"));
        }

        Assert.Empty(unknown);
        Assert.True(used > 60, $"only {used} metrics were found");
        foreach (var name in Contract)
            Assert.Contains(exposed.Keys, key => key == name || key == name + "_count");
    }

    private static string[] Contract =>
    [
        "releasetracks_outcomes_total", "releasetracks_error_budget_remaining_ratio", "releasetracks_burn_rate", "releasetracks_evidence_log",
        "releasetracks_verdict", "releasetracks_data_age_seconds", "releasetracks_rollbacks_total", "releasetracks_enrolled_users",
        "releasetracks_snapshot_revision", "releasetracks_control_leader", "releasetracks_control_loop_duration_seconds", "releasetracks_stream_clients",
    ];

    /// <summary>Series by name with their labels, of a server with a feature that is measured and one that was rolled back.</summary>
    private static async Task<Dictionary<string, HashSet<string>>> ExposedAsync(TestServer server)
    {
        await server.PutFeatureAsync(TestServerCalls.SmartReplies);
        await server.PutFeatureAsync(TestServerCalls.SmartReplies.Replace("smart-replies", "rolled-back", StringComparison.Ordinal));
        await server.EnrolAsync("ada", "ai", 1);
        await server.SendAsync(HttpMethod.Post, "/ofrep/v1/evaluate/flags", """{"context":{"targetingKey":"ada"}}""");
        await server.ApplyAsync("""[{"op":"destination.put","destination":{"key":"pager","kind":"alertmanager","url":"http://pager.example"}}]""");
        await server.RollBackAsync("rolled-back");
        Assert.Equal(302, (await server.Admin.CallAsync("GET /sign-in/not-a-link")).Status);
        var batch = 0;
        var text = await Eventually.GetAsync("the budgets are on /metrics", async () =>
        {
            await server.SendAsync(HttpMethod.Post, "/api/v1/outcomes", $$"""
                {"batchId":"{{batch++}}","outcomes":[{"feature":"smart-replies","track":"ai","variant":"on","indicator":"availability","good":990,"bad":10}]}
                """);
            var metrics = (await server.Admin.CallAsync("GET /metrics")).Text;
            return Needed.All(series => metrics.Contains(series, StringComparison.Ordinal)) ? metrics : null;
        }, seconds: 60);
        var exposed = new Dictionary<string, HashSet<string>>();
        foreach (Match series in Series().Matches(text))
        {
            var labels = exposed.TryGetValue(series.Groups[1].Value, out var known) ? known : exposed[series.Groups[1].Value] = [];
            labels.UnionWith(Matcher().Matches(series.Groups[2].Value).Select(label => label.Groups[1].Value));
        }

        foreach (Match type in Typed().Matches(text))
            exposed.TryAdd(type.Groups[1].Value, []);
        return exposed;
    }

    private static string[] Needed =>
        [
            "releasetracks_burn_rate{feature=\"smart-replies\"", "releasetracks_data_age_seconds{feature=\"smart-replies\"",
            "releasetracks_evidence_log{feature=\"smart-replies\"", "releasetracks_error_budget_remaining_ratio{feature=\"smart-replies\"",
            "releasetracks_alert_oldest_undelivered_seconds{destination=\"pager\"", "releasetracks_alert_deliveries_total{destination=\"pager\"",
        ];

    [GeneratedRegex(@"(?<name>\b(?:[a-z_]+:)?(?:releasetracks|process|http)_[a-z_]+(?::[a-z0-9_]+)?|\bup\b)(?:\{(?<matchers>[^}]*)\})?")]
    private static partial Regex Metric();

    [GeneratedRegex(@"([a-z_]+)\s*(?:=~|!~|!=|=)\s*""")]
    private static partial Regex Matcher();

    [GeneratedRegex(@"\b(?:by|without|on|ignoring) \(([^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex(@"^([a-z_]+)(?:\{(.*)\})? \S+$", RegexOptions.Multiline)]
    private static partial Regex Series();

    [GeneratedRegex(@"^# TYPE ([a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex Typed();

    [GeneratedRegex(@"- record: (\S+)")]
    private static partial Regex Recorded();
}
