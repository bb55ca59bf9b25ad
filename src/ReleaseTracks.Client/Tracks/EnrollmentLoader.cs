using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Client.Streams;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Tracks;

/// <summary>
/// Asks the server who is on which track: one request for all who wait, at most one at a time, and one question for
/// however many callers. While the server does not answer nobody waits for it.
/// </summary>
internal sealed partial class EnrollmentLoader : BackgroundService
{
    private const int MostPerRequest = 500;
    private const int MostWaiting = 200_000;
    private const int MostUserLength = 256;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(3);
    private readonly ServerHttp server;
    private readonly EnrollmentCache cache;
    private readonly TimeProvider time;
    private readonly ILogger<EnrollmentLoader> logger;
    private readonly Lock gate = new();
    private readonly Signal wake;
    private readonly Signal retry;
    private readonly Dictionary<string, TaskCompletionSource> waiting = new(StringComparer.Ordinal);
    private readonly Queue<string> order = new();
    private volatile bool failing;

    public EnrollmentLoader(ServerHttp server, EnrollmentCache cache, TimeProvider time, ILogger<EnrollmentLoader> logger)
    {
        (this.server, this.cache, this.time, this.logger) = (server, cache, time, logger);
        (wake, retry) = (new(time), new(time));
        cache.Stale += ReadAgain;
    }

    /// <summary>Requests sent so far.</summary>
    public long Requests { get; private set; }

    /// <summary>Done when the server said who the user is, or could not; at once while it does not answer.</summary>
    public Task LoadAsync(string user)
    {
        var asked = Enqueue(user);
        return failing ? Task.CompletedTask : asked;
    }

    /// <summary>Done when the server was asked, even if it did not answer lately: the caller knows that it does.</summary>
    public Task ReadAsync(string user)
    {
        var asked = Enqueue(user);
        retry.Give();
        return asked;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await wake.WaitAsync(Timeout.InfiniteTimeSpan, stoppingToken);
                await Task.Delay(Gather, time, stoppingToken);
                failures = await AskAsync(stoppingToken) ? 0 : failures + 1;
                failing = failures > 0;
                if (failing)
                    await retry.WaitAsync(Backoff.After(failures, Random.Shared.NextDouble()), stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void ReadAgain(IEnumerable<string> users)
    {
        foreach (var user in users)
            Enqueue(user);
        // The stream is alive, so the server is: whoever left while it was not must not wait for the next attempt.
        retry.Give();
    }

    private Task Enqueue(string user)
    {
        // The server would refuse the whole request for it; such a user cannot be enrolled.
        if (user.Length is 0 or > MostUserLength || ReleaseTracks.Plans.Text.HasControl(user))
            return Task.CompletedTask;
        lock (gate)
        {
            if (waiting.TryGetValue(user, out var asked))
                return asked.Task;
            if (waiting.Count >= MostWaiting)
                return Task.CompletedTask;
            waiting[user] = asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
            order.Enqueue(user);
            wake.Give();
            return asked.Task;
        }
    }

    private ImmutableArray<(string User, (long, long) Asked)> Take()
    {
        var batch = ImmutableArray.CreateBuilder<(string, (long, long))>();
        lock (gate)
        {
            while (batch.Count < MostPerRequest && order.TryDequeue(out var user))
                batch.Add((user, cache.Ask(user)));
            if (order.Count > 0)
                wake.Give();
        }

        return batch.ToImmutable();
    }

    /// <summary>Whoever waited goes on, whatever the answer: with what was known before if need be.</summary>
    private async Task<bool> AskAsync(CancellationToken cancel)
    {
        var batch = Take();
        if (batch.IsEmpty)
            return true;
        var again = new List<string>();
        try
        {
            Requests++;
            var answers = await RequestAsync([.. batch.Select(one => one.User)], cancel);
            foreach (var (user, asked) in batch)
            {
                if (answers.TryGetValue(user, out var stored) && !cache.Put(user, stored, asked))
                    again.Add(user);
            }

            return true;
        }
#pragma warning disable CA1031 // Whatever it is: the app goes on with what is known, and the next batch tries again.
        catch (Exception lost) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            if (!failing)
                Log.NotAnswered(logger, lost.Message);
            return false;
        }
        finally
        {
            Release(batch.Select(one => one.User));
            again.ForEach(user => Enqueue(user));
        }
    }

    private async Task<Dictionary<string, Enrollment>> RequestAsync(string[] users, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ServerHttp.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using var answer = await server.Client.PostAsJsonAsync("api/v1/users/enrollments", new { users }, either.Token);
        ServerRefusedException.ThrowUnless(answer);
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(either.Token);
        var found = new Dictionary<string, Enrollment>(StringComparer.Ordinal);
        foreach (var one in json.GetProperty("users").EnumerateArray())
        {
            var stored = one.GetProperty("stored");
            // A track that this version does not know is none that it may put anybody on.
            _ = TrackKeys.TryParse(stored.GetProperty("track").GetString(), out var track);
            found[one.GetProperty("user").GetString()!] = new(
                track, EnrollmentSources.Parse(stored.GetProperty("source").GetString()), null, stored.GetProperty("organisation").GetString());
        }

        return found;
    }

    private void Release(IEnumerable<string> users)
    {
        foreach (var user in users)
        {
            TaskCompletionSource? asked;
            lock (gate)
                waiting.Remove(user, out asked);
            asked?.TrySetResult();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The server does not say who is on which track; those known stay where they are, others get Stable: {Why}")]
        public static partial void NotAnswered(ILogger logger, string why);
    }
}
