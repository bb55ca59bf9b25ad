using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseTracks.Client.Streams;

namespace ReleaseTracks.Client.Objectives;

/// <summary>
/// Posts outcomes in order, each batch until it is answered. Batches wait in a bounded queue; beyond it the oldest goes,
/// because outcomes that come too late say nothing about now.
/// </summary>
internal sealed partial class OutcomeReporter(
    ServerHttp server,
    OutcomeCounts counts,
    OutcomeInstruments instruments,
    IOptions<ReleaseTracksOptions> options,
    TimeProvider time,
    ILogger<OutcomeReporter> logger) : BackgroundService
{
    public const int MostBatches = 120;
    private static readonly TimeSpan LastWait = TimeSpan.FromSeconds(3);
    private readonly LinkedList<OutcomeBatch> queue = new();
    private bool failing;
    private bool overflowing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Outcomes != OutcomeDelivery.Report)
            return;
        await Task.Yield();
        var (failures, next) = (0, time.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(options.Value.ReportEvery, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Collect();
            if (stoppingToken.IsCancellationRequested || time.GetTimestamp() < next)
                continue;
            failures = await SendAllAsync(stoppingToken) ? 0 : failures + 1;
            next = failures == 0 ? 0 : time.GetTimestamp() + (long)(Backoff.After(failures, Random.Shared.NextDouble()).TotalSeconds * time.TimestampFrequency);
        }

        using var last = new CancellationTokenSource(LastWait, time);
        await SendAllAsync(last.Token);
    }

    private void Collect()
    {
        foreach (var batch in OutcomeBatch.Take(counts))
            queue.AddLast(batch);
        if (queue.Count > MostBatches && !overflowing)
            Log.Overflowing(logger, MostBatches);
        overflowing |= queue.Count > MostBatches;
        for (; queue.Count > MostBatches; queue.RemoveFirst())
            instruments.Lose(OutcomeLoss.Overflow, queue.First!.Value.Events);
    }

    /// <returns>False if the server has to be given time.</returns>
    private async Task<bool> SendAllAsync(CancellationToken cancel)
    {
        while (queue.First is { Value: var batch })
        {
            if (!await TrySendAsync(batch, cancel))
                return false;
        }

        (failing, overflowing) = (false, false);
        return true;
    }

    private async Task<bool> TrySendAsync(OutcomeBatch batch, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ServerHttp.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            using var answer = await server.Client.PostAsJsonAsync("api/v1/outcomes", batch, either.Token);
            if (answer.StatusCode == HttpStatusCode.BadRequest)
                Replace(await Wrong(answer, either.Token));
            else
                ServerRefusedException.ThrowUnless(answer);
            if (answer.IsSuccessStatusCode)
                queue.RemoveFirst();
            return true;
        }
        catch (Exception lost) when (lost is HttpRequestException or IOException or OperationCanceledException or ServerRefusedException)
        {
            if (!failing)
                Log.NotReported(logger, lost.Message);
            failing = true;
            return false;
        }
    }

    /// <summary>The rows the server named are dropped; the others go in a batch of their own, since nothing of this one was counted.</summary>
    private void Replace(HashSet<int> wrong)
    {
        var batch = queue.First!.Value;
        queue.RemoveFirst();
        var kept = wrong.Count == 0 ? [] : batch.Outcomes.Where((_, index) => !wrong.Contains(index)).ToArray();
        var refused = batch.Events - kept.Sum(row => row.Events);
        instruments.Lose(OutcomeLoss.Refused, refused);
        Log.Refused(logger, refused);
        if (kept.Length > 0)
            queue.AddFirst(OutcomeBatch.Of(kept));
    }

    /// <summary>The rows that the problem's <c>errors</c> name, as in <c>outcomes[3].feature</c>; none if it names no row.</summary>
    private static async Task<HashSet<int>> Wrong(HttpResponseMessage answer, CancellationToken cancel)
    {
        var wrong = new HashSet<int>();
        try
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>(cancel);
            foreach (var error in problem.GetProperty("errors").EnumerateObject())
            {
                if (error.Name.StartsWith("outcomes[", StringComparison.Ordinal)
                    && int.TryParse(error.Name.AsSpan(9, error.Name.IndexOf(']', StringComparison.Ordinal) - 9), NumberStyles.None, CultureInfo.InvariantCulture, out var row))
                {
                    wrong.Add(row);
                }
            }
        }
        catch (Exception garbled) when (garbled is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentOutOfRangeException)
        {
            // Then the whole batch is wrong.
        }

        return wrong;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Outcomes cannot be reported; they wait and are sent again: {Why}")]
        public static partial void NotReported(ILogger logger, string why);

        [LoggerMessage(LogLevel.Warning, "More than {Batches} reports wait for the server; the oldest are dropped, and counted as releasetracks.client.outcomes.dropped")]
        public static partial void Overflowing(ILogger logger, int batches);

        [LoggerMessage(LogLevel.Warning, "The server did not take {Events} outcomes: their feature or variant is gone")]
        public static partial void Refused(ILogger logger, long events);
    }
}
