using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ReleaseTracks.Server.Tests.Demo;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Operations;

/// <summary>
/// What docker-compose.yml starts, without containers: the shipped nginx and Prometheus files, two servers, one Redis,
/// and the sample app.
/// </summary>
public sealed partial class TopologyTests : IDisposable
{
    private const string MetricsToken = "metrics-token-for-tests";
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task TwoServersBehindNginx_ServeChangeAndAreScraped()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis);
        await using var second = await StartAsync(redis);
        var port = PrometheusServer.FreePort();
        using var nginx = Nginx(port, first, second);
        var url = new Uri($"http://127.0.0.1:{PrometheusServer.FreePort()}");
        using var prometheus = Prometheus(url, first, second, "127.0.0.1:9");
        try
        {
            using var proxied = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            proxied.DefaultRequestHeaders.Authorization = new("Bearer", TestServer.BootstrapToken);
            await Eventually.TrueAsync("nginx answers", () => IsUpAsync(proxied), seconds: 60);

            await first.PutFeatureAsync(Api.Feature("seen-by-both"));
            for (var i = 0; i < 6; i++)
                await Eventually.TrueAsync(async () => (await proxied.CallAsync("GET /api/v1/features/seen-by-both")).Status == 200, "every server has it");
            Assert.Equal(404, (await proxied.CallAsync("GET /metrics")).Status);
            await HearsThroughNginxAsync(proxied, first);

            using var asked = new HttpClient { BaseAddress = url };
            await Eventually.TrueAsync("both scraped", async () => await CountAsync(asked, "up{job=\"releasetracks\"} == 1") == 2, seconds: 60);
            await Eventually.TrueAsync("one leads", async () => await CountAsync(asked, "releasetracks_control_leader == 1") == 1, seconds: 60);
            var rules = await asked.GetStringAsync(new Uri("/api/v1/rules", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Contains("\"alerting\"", rules, StringComparison.Ordinal);
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            prometheus.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task SampleApp_WhoseAiFails_IsRolledBackByWhatPrometheusScraped()
    {
        var (port, app, ai) = (PrometheusServer.FreePort(), $"127.0.0.1:{PrometheusServer.FreePort()}", $"127.0.0.1:{PrometheusServer.FreePort()}");
        var url = new Uri($"http://127.0.0.1:{PrometheusServer.FreePort()}");
        await using var redis = await RedisServer.StartAsync();
        await using var first = await StartAsync(redis, url);
        await using var second = await StartAsync(redis, url);
        using var nginx = Nginx(port, first, second);
        using var prometheus = Prometheus(url, first, second, app);
        var token = Path.Combine(directory.Path, "bootstrap");
        await File.WriteAllTextAsync(token, TestServer.BootstrapToken, TestContext.Current.CancellationToken);
        try
        {
            using var proxied = new HttpClient { BaseAddress = new($"http://127.0.0.1:{port}") };
            await Eventually.TrueAsync("nginx answers", () => IsUpAsync(proxied), seconds: 60);
            await using var sample = DemoProcess.Start(
                "--server", proxied.BaseAddress.ToString(), "--token-file", token, "--prometheus", url.ToString(), "--app-urls", $"http://{app}", "--ai-urls", $"http://{ai}");
            await Eventually.TrueAsync(
                async () => (await second.Admin.CallAsync("GET /api/v1/budgets")).Json.EnumerateArray().Any(row => row.GetProperty("feature").GetString() == "ranked-feed" && row.GetProperty("good").GetDouble() > 0),
                $"both servers know what was scraped; the sample app says:\n{sample.Story}",
                TimeSpan.FromSeconds(120));
            using var backend = new HttpClient { BaseAddress = new($"http://{ai}") };
            using var failing = await backend.PostAsync(new Uri("/fault/errors", UriKind.Relative), null, TestContext.Current.CancellationToken);

            Assert.Equal(System.Net.HttpStatusCode.NoContent, failing.StatusCode);
            await Eventually.TrueAsync(
                async () => (await first.Admin.CallAsync("GET /api/v1/rollbacks")).Json.EnumerateArray().Any(one => one.GetProperty("cause").GetString() == "breach-proven"),
                "the feature is rolled back",
                TimeSpan.FromSeconds(120));
        }
        finally
        {
            nginx.Kill(entireProcessTree: true);
            prometheus.Kill(entireProcessTree: true);
        }
    }

    private static Task<TestServer> StartAsync(RedisServer redis, Uri? prometheus = null) => TestServer.StartAsync(new()
    {
        Redis = redis.ConnectionString,
        Settings = new Dictionary<string, string?>
        {
            ["ReleaseTracks:Access:MetricsToken"] = MetricsToken,
            ["ReleaseTracks:Access:TrustedProxies"] = "127.0.0.1",
            ["ReleaseTracks:Prometheus:Url"] = prometheus?.ToString(),
            ["ReleaseTracks:Prometheus:ScrapeInterval"] = "1s",
            ["ReleaseTracks:Control:Interval"] = "2s",
        },
    });

    /// <summary>An event must come through while the stream stays open: nothing may wait for a full buffer.</summary>
    private static async Task HearsThroughNginxAsync(HttpClient proxied, TestServer server)
    {
        using var stream = await proxied.GetStreamAsync(new Uri("/api/v1/stream", UriKind.Relative), TestContext.Current.CancellationToken) is var body ? new StreamReader(body) : null;
        await server.PutFeatureAsync(Api.Feature("heard"));
        var wanted = (await server.Admin.CallAsync("GET /api/v1/snapshot")).Json.GetProperty("revision").GetInt64();
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await stream!.ReadLineAsync(bound.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal) && long.Parse(line[4..], null) >= wanted)
                return;
        }

        Assert.Fail("The stream ended.");
    }

    private static async Task<bool> IsUpAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/healthz/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<int> CountAsync(HttpClient prometheus, string query)
    {
        try
        {
            var answer = await prometheus.GetStringAsync(new Uri($"/api/v1/query?query={Uri.EscapeDataString(query)}", UriKind.Relative), TestContext.Current.CancellationToken);
            return JsonDocument.Parse(answer).RootElement.GetProperty("data").GetProperty("result").GetArrayLength();
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private Process Nginx(int port, TestServer first, TestServer second)
    {
        var conf = Shipped.Read("deploy", "nginx", "nginx.conf").Replace("listen 8080;", $"listen 127.0.0.1:{port};", StringComparison.Ordinal);
        foreach (var name in (string[])["nginx.pid", "client", "proxy", "fastcgi", "uwsgi", "scgi"])
            conf = conf.Replace($"/tmp/{name};", $"{directory.Path}/{name};", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(directory.Path, "nginx.conf"), conf.Replace("/dev/stdout", "/dev/null", StringComparison.Ordinal));
        File.WriteAllText(
            Path.Combine(directory.Path, "upstreams.conf"),
            Shipped.Read("deploy", "nginx", "upstreams.conf").Replace("server-1:8080", first.Url.Authority, StringComparison.Ordinal).Replace("server-2:8080", second.Url.Authority, StringComparison.Ordinal));
        return Process.Start("/usr/sbin/nginx", ["-c", Path.Combine(directory.Path, "nginx.conf"), "-p", directory.Path, "-g", "daemon off;"])!;
    }

    private Process Prometheus(Uri url, TestServer first, TestServer second, string sampleApp)
    {
        var (token, file) = (Path.Combine(directory.Path, "token"), Path.Combine(directory.Path, "prometheus.yml"));
        File.WriteAllText(token, MetricsToken);
        var configuration = Shipped.Read("deploy", "prometheus", "prometheus.yml")
            .Replace("server-1:8080", first.Url.Authority, StringComparison.Ordinal)
            .Replace("server-2:8080", second.Url.Authority, StringComparison.Ordinal)
            .Replace("sample-app:5090", sampleApp, StringComparison.Ordinal)
            .Replace("/run/secrets/ReleaseTracks__Access__MetricsToken", token, StringComparison.Ordinal)
            .Replace("/etc/prometheus/rules/", Shipped.At("dashboards", "rules") + "/", StringComparison.Ordinal);
        // Every 15 s is for production; a test need not wait that long.
        File.WriteAllText(file, Every().Replace(configuration, "$1: 1s"));
        return Process.Start("prometheus", [$"--config.file={file}", $"--storage.tsdb.path={Path.Combine(directory.Path, "tsdb")}", $"--web.listen-address={url.Authority}", "--log.level=error"])!;
    }

    [GeneratedRegex("(scrape_interval|evaluation_interval): 15s")]
    private static partial Regex Every();
}
