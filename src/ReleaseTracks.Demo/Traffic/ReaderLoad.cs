using ReleaseTracks.Demo.SampleApp;

namespace ReleaseTracks.Demo.Traffic;

/// <summary>
/// Every reader opens pages over HTTP, one after the other with a pause to read. A made-up summary is reported by some
/// of those who see it. Nobody stays away from a page for longer than a few seconds, and every run is the same traffic.
/// </summary>
internal sealed class ReaderLoad(HttpClient product, TimeProvider time)
{
    private const double ReportingShare = 0.4;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1.4);
    private static readonly string[] Paths = ["feed", "summary", "feed", "summary", ""];
    private long pages;

    public long Pages => Interlocked.Read(ref pages);

    public Task RunAsync(CancellationToken cancel) =>
        Task.WhenAll(Readers.All.Select((reader, index) => ReadAsync(reader, new Random(index), cancel)));

    private async Task ReadAsync(string reader, Random chance, CancellationToken cancel)
    {
        await Task.Delay(Pause * chance.NextDouble(), time, cancel);
        for (var next = chance.Next(Paths.Length); ; next = (next + 1) % Paths.Length)
        {
            await OpenAsync(Paths[next], reader, chance, cancel);
            await Task.Delay(Pause * (0.7 + (0.6 * chance.NextDouble())), time, cancel);
        }
    }

    private async Task OpenAsync(string path, string reader, Random chance, CancellationToken cancel)
    {
        try
        {
            using var response = await product.GetAsync($"{path}?user={reader}", cancel);
            Interlocked.Increment(ref pages);
            var page = await response.Content.ReadAsStringAsync(cancel);
            if (page.Contains(AiBackend.Fabrication, StringComparison.Ordinal) && chance.NextDouble() < ReportingShare)
                await ReportAsync(reader, cancel);
        }
        catch (Exception failed) when (!cancel.IsCancellationRequested && failed is HttpRequestException or OperationCanceledException)
        {
            // A reader whose page does not load tries another one later.
        }
    }

    private async Task ReportAsync(string reader, CancellationToken cancel)
    {
        using var form = new FormUrlEncodedContent([new("user", reader)]);
        using var answer = await product.PostAsync("report", form, cancel);
        Interlocked.Increment(ref pages);
    }
}
