using System.Reflection;
using System.Text.RegularExpressions;

namespace ReleaseTracks.Server.Tests.Operations;

/// <summary>There is no container engine where this is built: what the deploy files name must at least exist.</summary>
public sealed partial class DeployFilesTests
{
    private static readonly string[] Others = ["ReleaseTracks:SecretsPath"];

    private static string[] Files =>
    [
        Shipped.At("docker-compose.yml"),
        .. Directory.GetFiles(Shipped.At("deploy"), "*", SearchOption.AllDirectories).Where(file => !file.Contains("/secrets/", StringComparison.Ordinal)),
    ];

    [Fact]
    public async Task Compose_ReadByDockerCompose_IsSound()
    {
        var (exit, output) = await Shipped.RunAsync("docker-compose", "-f", Shipped.At("docker-compose.yml"), "config");

        Assert.True(exit == 0, output);
        foreach (var service in (string[])["server-1", "server-2", "nginx", "redis", "prometheus", "sample-app", "grafana"])
            Assert.Contains($"{service}:", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Compose_EveryService_IsPinnedUnprivilegedReadOnlyAndWatched()
    {
        var services = Service().Split(Section().Match(Shipped.Read("docker-compose.yml")).Groups[1].Value).Skip(1).Chunk(2).ToDictionary(part => part[0], part => part[1], StringComparer.Ordinal);
        Assert.Equal(7, services.Count);
        foreach (var (name, text) in services.Where(service => !service.Value.Contains("*server\n", StringComparison.Ordinal)))
        {
            Assert.Matches(@"image: [^:\s]+:v?\d+\.\d+\.\d+", text);
            Assert.Contains("<<: *hardened", text, StringComparison.Ordinal);
            Assert.Matches("""user: "\d+:\d+" """.TrimEnd(), text);
            Assert.True(text.Contains("healthcheck:", StringComparison.Ordinal), name);
        }
    }

    [Fact]
    public void Compose_EveryFileItMounts_IsThere()
    {
        var mounts = Mount().Matches(Shipped.Read("docker-compose.yml")).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(mounts.Length >= 6);
        Assert.All(mounts, path => Assert.True(Path.Exists(Shipped.At(path)), path));
    }

    [Fact]
    public void Settings_InEveryFile_AreOnesTheServerReads()
    {
        var known = typeof(ServerApp).Assembly.GetTypes()
            .Select(type => (Type: type, Section: type.GetField("Section", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as string))
            .Where(one => one.Section is not null)
            .SelectMany(one => one.Type.GetProperties().Where(property => property.CanWrite).Select(property => $"{one.Section}:{property.Name}"))
            .Concat(Others)
            .ToHashSet(StringComparer.Ordinal);
        var used = Files.SelectMany(file => Setting().Matches(File.ReadAllText(file))).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

        Assert.Contains("ReleaseTracks:Access:MetricsToken", used);
        Assert.Empty(used.Except(known));
    }

    [Fact]
    public async Task Paths_InProbesAndProxies_AreAnswered()
    {
        await using var server = await Harness.TestServer.StartAsync();
        var paths = Files.SelectMany(file => ProbePath().Matches(File.ReadAllText(file))).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        Assert.Equal(["/healthz/live", "/healthz/ready", "/metrics"], paths.Order(StringComparer.Ordinal));
        foreach (var path in paths)
        {
            using var answer = await server.Admin.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, path);
        }
    }

    [Fact]
    public void Ports_OfTheContainer_AreTheSameEverywhere()
    {
        Assert.Contains("Urls=http://0.0.0.0:8080", Shipped.Read("deploy", "Containerfile"), StringComparison.Ordinal);
        Assert.Contains("containerPort: 8080", Shipped.Read("deploy", "kubernetes", "base", "statefulset.yaml"), StringComparison.Ordinal);
        Assert.Contains("server server-1:8080", Shipped.Read("deploy", "nginx", "upstreams.conf"), StringComparison.Ordinal);
        Assert.Contains("targets: [server-1:8080, server-2:8080]", Shipped.Read("deploy", "prometheus", "prometheus.yml"), StringComparison.Ordinal);
        Assert.Contains("targets: [sample-app:5090]", Shipped.Read("deploy", "prometheus", "prometheus.yml"), StringComparison.Ordinal);
        Assert.Contains("\"http://0.0.0.0:5090\"", Shipped.Read("deploy", "Containerfile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Kubernetes_EveryResourceThatIsNamed_IsThere()
    {
        foreach (var file in Directory.GetFiles(Shipped.At("deploy", "kubernetes"), "kustomization.yaml", SearchOption.AllDirectories))
        {
            var named = Resource().Matches(File.ReadAllText(file)).Select(match => Path.Combine(Path.GetDirectoryName(file)!, match.Groups[1].Value)).ToArray();
            Assert.NotEmpty(named);
            Assert.All(named, path => Assert.True(Path.Exists(path), path));
        }
    }

    [GeneratedRegex(@"ReleaseTracks(__[A-Za-z]+)+")]
    private static partial Regex Setting();

    [GeneratedRegex(@"- (\./[^:\s]+):")]
    private static partial Regex Mount();

    [GeneratedRegex(@"/healthz/[a-z]+|(?<=path: |location = )/metrics")]
    private static partial Regex ProbePath();

    [GeneratedRegex(@"^  - (?:path: )?([a-z./]+(?:\.yaml|base))$", RegexOptions.Multiline)]
    private static partial Regex Resource();

    [GeneratedRegex(@"\nservices:(.*?)\nnetworks:", RegexOptions.Singleline)]
    private static partial Regex Section();

    [GeneratedRegex(@"\n  ([a-z0-9-]+):(?=\n)")]
    private static partial Regex Service();
}
