using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Client.Streams;

/// <summary>
/// The way from the server into the app: one stream, held for ever. Whatever happens to it, the app goes on with the
/// last snapshot; after every new connection all that may have been missed is read again.
/// </summary>
internal sealed partial class ServerConnection(
    ServerHttp server,
    SnapshotState snapshots,
    SnapshotFetcher fetcher,
    SnapshotFile file,
    EnrollmentCache enrollments,
    IOptions<ReleaseTracksOptions> options,
    TimeProvider time,
    ILogger<ServerConnection> logger) : BackgroundService
{
    /// <summary>The server's heart beats every 15 s; two may be lost.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan Held = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FinalWait = TimeSpan.FromSeconds(30);
    private volatile string? fault = "The server was not reached yet.";
    private volatile bool connected;

    public bool IsConnected => connected;

    /// <summary>Why there is no connection; null while there is one.</summary>
    public string? Fault => connected ? null : fault;

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        if (file.Load() is { } saved && snapshots.Restore(saved.Json, saved.Age) == Publication.Published)
            Log.Restored(logger, snapshots.Current.State.Revision, saved.Age);
        await base.StartAsync(cancellationToken);
        try
        {
            await snapshots.Fetched.WaitAsync(options.Value.StartupWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Log.StartedWithout(logger, options.Value.StartupWait, snapshots.Current.IsEmpty ? "the fallbacks in the code" : "the last snapshot from disk", fault);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host starts services one after the other; this one may take its time.
        await Task.Yield();
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var started = time.GetTimestamp();
            var wait = await SessionEndAsync(stoppingToken);
            failures = time.GetElapsedTime(started) > Held ? 1 : failures + 1;
            var pause = wait ?? Backoff.After(failures, Random.Shared.NextDouble());
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>How long to wait at least, where that is known better than by backing off.</returns>
    private async Task<TimeSpan?> SessionEndAsync(CancellationToken cancel)
    {
        try
        {
            await SessionAsync(cancel);
            Lost("The server ended the stream.");
        }
        catch (ServerRefusedException refused) when (refused.IsFinal)
        {
            Lost(refused.Message);
            return FinalWait;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The app stops.
        }
#pragma warning disable CA1031 // Whatever it is, the connection is tried again, and the app never hears of it.
        catch (Exception lost)
#pragma warning restore CA1031
        {
            Lost(lost is OperationCanceledException ? $"No answer within {ServerHttp.Patience.TotalSeconds:0} s." : lost.Message);
        }

        return null;
    }

    private async Task SessionAsync(CancellationToken cancel)
    {
        using var response = await OpenAsync(cancel);
        var reader = new EventReader(await response.Content.ReadAsStreamAsync(cancel), Silence, time);
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        fetcher.Restart();
        // Whoever changed track while nobody listened is found by reading again; from here on the stream tells.
        enrollments.Doubt(live: true);
        (connected, fault) = (true, null);
        Log.Connected(logger, server.Client.BaseAddress!);
        var fetching = fetcher.RunAsync(options.Value.RefreshEvery, session.Token);
        try
        {
            await foreach (var happened in reader.ReadAsync(session.Token))
                Handle(happened);
        }
        finally
        {
            connected = false;
            enrollments.Doubt(live: false);
            await session.CancelAsync();
            await fetching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<HttpResponseMessage> OpenAsync(CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(ServerHttp.Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "api/v1/stream");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
        try
        {
            ServerRefusedException.ThrowUnless(response);
            if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
                throw new InvalidDataException("What answers is no ReleaseTracks server: the stream is no event stream.");
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private void Handle(ServerEvent happened)
    {
        if (happened.IsSignOfLife)
        {
            if (fetcher.IsCurrent)
            {
                snapshots.Vouch();
                file.Touch();
            }

            return;
        }

        switch (happened.Name)
        {
            case "revision":
                fetcher.Want(JsonElement.Parse(happened.Data).GetProperty("revision").GetInt64());
                break;
            case "enrollment":
                var change = JsonElement.Parse(happened.Data);
                if (change.GetProperty("user").GetString() is { } user && TrackKeys.TryParse(change.GetProperty("track").GetString(), out var track))
                    enrollments.Changed(user, track);
                break;
            case "resync":
                enrollments.Doubt(live: true);
                break;
            default:
                // Of a newer server.
                break;
        }
    }

    /// <summary>Said when it is news, not at every attempt.</summary>
    private void Lost(string why)
    {
        var before = Interlocked.Exchange(ref fault, why);
        if (before != why)
            Log.Disconnected(logger, why);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Connected to {Endpoint}")]
        public static partial void Connected(ILogger logger, Uri endpoint);

        [LoggerMessage(LogLevel.Warning, "Not connected to the server; going on with the last snapshot and trying again: {Why}")]
        public static partial void Disconnected(ILogger logger, string why);

        [LoggerMessage(LogLevel.Information, "Revision {Revision} is loaded from disk; the server vouched for it {Age} ago")]
        public static partial void Restored(ILogger logger, long revision, TimeSpan age);

        [LoggerMessage(LogLevel.Warning, "No snapshot of the server within {Wait}; starting with {What}. {Fault}")]
        public static partial void StartedWithout(ILogger logger, TimeSpan wait, string what, string? fault);
    }
}
