using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Runtime.InteropServices;

namespace ReleaseTracks.Benchmarks.Http;

/// <summary>
/// Time to ready and resident memory of the server with its embedded store: empty (the baseline), and after a restart
/// with 1,000 features and 100,000 enrollments; as built (the second baseline) and as published for this platform.
/// </summary>
public static class StartupBenchmark
{
    private const int Features = 1000;
    private const int Users = 100_000;
    private const int Parallel = 32;
    private const int Restarts = 5;

    public static async Task<int> RunAsync()
    {
        var data = Directory.CreateTempSubdirectory("releasetracks-bench").FullName;
        var published = Publish(Path.Combine(data, "server"));
        try
        {
            using (var empty = await ServerProcess.StartAsync(data))
                Print("first start, empty", empty.UntilReady, empty.ResidentMegabytes);
            using (var server = await ServerProcess.StartAsync(data))
            {
                await ServerProcess.PutFeaturesAsync(server.Client, Enumerable.Range(0, Features).Select(i => $"feature-{i}"));
                await EnrolAsync(server.Client);
                Print("after filling", server.UntilReady, server.ResidentMegabytes);
            }

            for (var i = 0; i < Restarts; i++)
            {
                await RestartAsync(data, ServerProcess.Dll("ReleaseTracks.Server"), "as built");
                await RestartAsync(data, published, "published");
            }

            return 0;
        }
        finally
        {
            Directory.Delete(data, recursive: true);
        }
    }

    private static async Task RestartAsync(string data, string program, string how)
    {
        using var server = await ServerProcess.StartAsync(data, program);
        Print($"{Features} features, {Users} enrollments, {how}", server.UntilReady, server.ResidentMegabytes);
        await server.Client.GetAsync(new Uri("/api/v1/features", UriKind.Relative));
        Print("   when all features were listed", server.UntilReady, server.ResidentMegabytes);
    }

    /// <summary>The server as it is deployed: compiled ahead of time for this platform.</summary>
    /// <returns>The program.</returns>
    public static string Publish(string folder)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.FullName;
        using var publish = Process.Start("dotnet", [
            "publish", Path.Combine(root, "src", "ReleaseTracks.Server"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
            "--self-contained", "false", "-o", folder, "-v", "q", "-nologo",
        ]);
        publish.WaitForExit();
        return publish.ExitCode == 0 ? Path.Combine(folder, "ReleaseTracks.Server.dll") : throw new InvalidOperationException("Publishing the server failed.");
    }

    private static void Print(string what, TimeSpan ready, double megabytes) => Console.WriteLine(
        string.Create(CultureInfo.InvariantCulture, $"{what,-50} ready {ready.TotalSeconds,6:0.00} s   resident {megabytes,6:0} MB"));

    private static Task EnrolAsync(HttpClient client) => System.Threading.Tasks.Parallel.ForAsync(
        0, Users, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (i, cancel) =>
        {
            var answer = await client.PutAsJsonAsync($"/api/v1/users/user-{i}/enrollment", new { track = "ai", disclosureVersion = 1 }, cancel);
            answer.EnsureSuccessStatusCode();
        });
}
