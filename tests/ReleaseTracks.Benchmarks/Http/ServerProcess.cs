using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

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

    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    public static async Task<ServerProcess> StartAsync(string dataPath, string? program = null)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[]
        {
            program ?? Dll("ReleaseTracks.Server"), "--urls", url.ToString(), "--data-path", dataPath, $"--ReleaseTracks:Access:BootstrapToken={Token}",
        })
            start.ArgumentList.Add(argument);
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var probe = new HttpClient { BaseAddress = url };
        while (!await IsReadyAsync(probe))
        {
            if (process.HasExited || clock.Elapsed > TimeSpan.FromMinutes(1))
                throw new InvalidOperationException("The server did not become ready.");
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
