using Microsoft.Extensions.Configuration;
using ReleaseTracks.Server.Http;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Http;

/// <summary>What a container, Prometheus and whoever keeps the secrets need of a server.</summary>
public sealed class OperationsTests
{
    private const string MetricsToken = "metrics-token-for-tests";

    [Fact]
    public async Task Health_ServerIsReadyOrAway_IsInTheExitCode()
    {
        string url;
        await using (var server = await TestServer.StartAsync())
        {
            url = server.Url.ToString();
            var (exit, output, _) = await HealthAsync(["--url", url]);
            Assert.Equal(0, exit);
            Assert.Contains("\"ready\"", output, StringComparison.Ordinal);
            Assert.Equal(0, (await HealthAsync([], url.Replace("127.0.0.1", "0.0.0.0", StringComparison.Ordinal) + ";http://elsewhere:1")).Exit);
        }

        Assert.Equal(1, (await HealthAsync(["--url", url])).Exit);
        Assert.Equal(2, (await HealthAsync(["--url", "nonsense"])).Exit);
        Assert.Equal(2, (await HealthAsync(["--what"])).Exit);
    }

    [Fact]
    public async Task MetricsToken_ReadsMetricsAndNothingElse()
    {
        await using var server = await TestServer.StartAsync(new() { Settings = new Dictionary<string, string?> { ["ReleaseTracks:Access:MetricsToken"] = MetricsToken } });
        using var scraper = server.Client(MetricsToken);
        // As through a proxy, so that it is not let in for being local.
        scraper.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.1");

        Assert.Equal(200, (await scraper.CallAsync("GET /metrics")).Status);
        foreach (var path in (string[])["GET /api/v1/features", "GET /api/v1/snapshot", "GET /api/v1/ledger", "GET /openapi/v1.json", "GET /api/v1/keys"])
            Assert.Equal(403, (await scraper.CallAsync(path)).Status);
        Assert.Equal(403, (await scraper.CallAsync("POST /ofrep/v1/evaluate/flags", "{}")).Status);
    }

    [Fact]
    public async Task MetricsToken_IsShortOrTheBootstrapToken_DoesNotStart()
    {
        foreach (var token in (string[])["short", TestServer.BootstrapToken])
        {
            var failed = await Assert.ThrowsAnyAsync<Exception>(() => TestServer.StartAsync(
                new() { Settings = new Dictionary<string, string?> { ["ReleaseTracks:Access:MetricsToken"] = token } }));
            Assert.Contains("ReleaseTracks:Access:MetricsToken", failed.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void SecretFiles_OneForEachSetting_AreSettings()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "ReleaseTracks__Access__BootstrapToken"), "from-a-file\n");
        using var configuration = new ConfigurationManager();
        configuration[SecretFiles.Setting] = directory.Path;

        configuration.AddSecretFiles();

        Assert.Equal("from-a-file", configuration["ReleaseTracks:Access:BootstrapToken"]);
    }

    [Fact]
    public void SecretFiles_DirectoryIsMissing_DoNotStart()
    {
        using var configuration = new ConfigurationManager();
        configuration[SecretFiles.Setting] = "/nowhere/at/all";

        var failed = Assert.Throws<InvalidOperationException>(configuration.AddSecretFiles);

        Assert.Contains(SecretFiles.Setting, failed.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> HealthAsync(string[] args, string? urls = null)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        return (await HealthCommand.RunAsync(args, urls, output, error), output.ToString(), error.ToString());
    }
}
