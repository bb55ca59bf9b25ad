using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>The real server, as built, in a process of its own.</summary>
public sealed class ServerProcess : IDisposable
{
    public const string Token = "benchmark-bootstrap-token";
    private readonly Process process;

    private ServerProcess(Process process, Uri url, TimeSpan untilReady)
    {
        this.process = process;
        Url = url;
        UntilReady = untilReady;
        Client = new() { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
    }

    public Uri Url { get; }

    public HttpClient Client { get; }

    /// <summary>From starting the process to the first 200 of <c>/healthz/ready</c>.</summary>
    public TimeSpan UntilReady { get; }

    /// <summary>Files and sockets that are open.</summary>
    public int Handles => Directory.GetFileSystemEntries($"/proc/{process.Id}/fd").Length;

    public double ResidentMegabytes => MegabytesOf(process);

    public TimeSpan Cpu => CpuOf(process);

    public static double MegabytesOf(Process process)
    {
        process.Refresh();
        return process.WorkingSet64 / 1024.0 / 1024.0;
    }

    public static TimeSpan CpuOf(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    /// <summary>AI features that split the AI track in half, by one plan that is approved and applied.</summary>
    public static async Task PutFeaturesAsync(HttpClient client, IEnumerable<string> keys)
    {
        var changes = new JsonArray([.. keys.Select(Feature)]);
        var plan = await client.PostAsJsonAsync("/api/v1/plans", new JsonObject { ["title"] = "fill", ["changes"] = changes });
        var made = await plan.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        var (path, hash) = ($"/api/v1/plans/{made.GetProperty("id").GetString()}", made.GetProperty("hash").GetString());
        (await client.PostAsJsonAsync($"{path}/approvals", new { hash, decision = "approve" })).EnsureSuccessStatusCode();
        (await client.PostAsJsonAsync($"{path}/apply", new { hash })).EnsureSuccessStatusCode();
    }

    private static JsonNode Feature(string key) => JsonNode.Parse($$$"""
        {"op":"feature.put","feature":{"key":"{{{key}}}","ai":true,"variants":{"off":false,"on":true},"fallback":"off",
         "disclosure":{"version":1,"text":"An AI answers."},
         "releases":{"ai":[{"variant":"on","weight":50},{"variant":"off","weight":50}] } } }
        """)!;

    public static async Task<ServerProcess> StartAsync(string dataPath, string? program = null, params string[] settings)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            program ?? Dll("ReleaseTracks.Server"), "--urls", url.ToString(), "--data-path", dataPath, $"--ReleaseTracks:Access:BootstrapToken={Token}",
        }.Concat(settings))
            start.ArgumentList.Add(argument);
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var said = new ConcurrentQueue<string?>();
        process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var probe = new HttpClient { BaseAddress = url };
        while (!await IsReadyAsync(probe))
        {
            if (process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException($"The server did not become ready. {string.Join(Environment.NewLine, said)}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }

        return new(process, url, clock.Elapsed);
    }

    public void Dispose()
    {
        Client.Dispose();
        if (!process.HasExited)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task<bool> IsReadyAsync(HttpClient probe)
    {
        try
        {
            using var answer = await probe.GetAsync(new Uri("/healthz/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A program built beside this one, such as <c>artifacts/bin/ReleaseTracks.Server/release</c>.</summary>
    public static string Dll(string project)
    {
        var bin = new DirectoryInfo(AppContext.BaseDirectory);
        var path = Path.Combine(bin.Parent!.Parent!.FullName, project, bin.Name, $"{project}.dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"Build it first: dotnet build -c Release src/{project} ({path}).");
    }
}
