using System.Diagnostics;
using System.Globalization;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary><see cref="BareServer"/> in a process of its own, so that it shares neither heap nor pool with anything.</summary>
internal sealed class BareProcess : IAsyncDisposable
{
    private readonly Process process;

    private BareProcess(Process process, Uri url)
    {
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    public TimeSpan Cpu => ServerProcess.CpuOf(process);

    public double ResidentMegabytes => ServerProcess.MegabytesOf(process);

    public static async Task<BareProcess> StartAsync(int size)
    {
        var url = new Uri($"http://127.0.0.1:{ServerProcess.FreePort()}");
        string[] arguments =
        [
            typeof(BareProcess).Assembly.Location, "bare-server", "--size", size.ToString(CultureInfo.InvariantCulture), "--urls", url.ToString(),
        ];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments)) ?? throw new InvalidOperationException("The baseline did not start.");
        var started = new BareProcess(process, url);
        await started.AnswersAsync();
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task AnswersAsync()
    {
        using var client = new HttpClient { BaseAddress = Url };
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));
                return;
            }
            catch (HttpRequestException) when (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60) && !process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
            }
        }
    }
}
