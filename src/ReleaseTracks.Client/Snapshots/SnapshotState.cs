using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Client.Snapshots;

/// <summary>What became of a snapshot that came in.</summary>
internal enum Publication
{
    Published,

    /// <summary>The same revision again.</summary>
    Confirmed,

    /// <summary>Older than what is known of the same ledger.</summary>
    Older,

    Unreadable,
}

/// <summary>
/// The snapshot everybody reads, without a lock, and when the server last vouched for it. Revisions count within one
/// ledger, which its origin names: an older one of the same ledger is refused, so that nobody is served what was rolled
/// back since; another ledger is a server installed anew, and is followed.
/// </summary>
internal sealed partial class SnapshotState(IOptions<ReleaseTracksOptions> options, TimeProvider time, ILogger<SnapshotState> logger)
{
    private const int MostOrigins = 16;
    private readonly Lock gate = new();
    private readonly DefinitionBuilder definitions = new();
    private readonly Dictionary<string, long> newest = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource fetched = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ClientSnapshot current = ClientSnapshot.Empty;
    private volatile string? problem;
    private long vouchedAt;
    private TimeSpan ageThen;

    public ClientSnapshot Current => current;

    /// <summary>Done when the server gave its first snapshot.</summary>
    public Task Fetched => fetched.Task;

    /// <summary>Why the snapshot may not be the newest; null if nothing is known against it.</summary>
    public string? Problem => problem;

    /// <summary>Time since the server last vouched for the snapshot, on a clock that nobody can set; null without one.</summary>
    public TimeSpan? Age
    {
        get
        {
            lock (gate)
                return current.IsEmpty ? null : ageThen + time.GetElapsedTime(vouchedAt);
        }
    }

    public bool IsStale => Age is not { } age || age > options.Value.StaleAfter;

    /// <summary>Called after each publication, in order.</summary>
    public event Action<ClientSnapshot>? Published;

    /// <summary>Takes a snapshot of the server.</summary>
    public Publication Take(ReadOnlyMemory<byte> json)
    {
        var outcome = Publish(json, TimeSpan.Zero);
        if (outcome is Publication.Published or Publication.Confirmed)
            fetched.TrySetResult();
        return outcome;
    }

    /// <summary>Takes a snapshot from disk that the server last vouched for this long ago.</summary>
    public Publication Restore(ReadOnlyMemory<byte> json, TimeSpan age) => Publish(json, age);

    /// <summary>The server says that the snapshot is still the newest.</summary>
    public void Vouch()
    {
        lock (gate)
        {
            if (problem is null)
                (vouchedAt, ageThen) = (time.GetTimestamp(), TimeSpan.Zero);
        }
    }

    /// <summary>Something is known against the snapshot: it ages until that is gone.</summary>
    public void Doubt(string why) => problem = why;

    /// <summary>The server was asked, and nothing is against the snapshot any more.</summary>
    public void Cleared() => problem = null;

    private Publication Publish(ReadOnlyMemory<byte> json, TimeSpan age)
    {
        if (Read(json) is not { } reading)
            return Publication.Unreadable;
        ClientSnapshot next;
        lock (gate)
        {
            var state = reading.Snapshot;
            var known = newest.GetValueOrDefault(state.Origin);
            if (state.Revision < known)
            {
                problem = $"The server is at revision {state.Revision}, older than {known} that was seen of the same ledger ({state.Origin}); it is refused.";
                return Publication.Older;
            }

            (problem, vouchedAt, ageThen) = (null, time.GetTimestamp(), age);
            if (state.Origin == current.State.Origin && state.Revision == current.State.Revision)
                return Publication.Confirmed;
            if (!current.IsEmpty && state.Origin != current.State.Origin)
                Log.OtherLedger(logger, current.State.Origin, state.Origin, state.Revision);
            Remember(state);
            next = definitions.Build(state, (key, why) => Log.NoDefinition(logger, key, why));
            current = next;
            Published?.Invoke(next);
        }

        return Publication.Published;
    }

    private SnapshotReading? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var reading = SnapshotJson.Read(document.RootElement);
            foreach (var skipped in reading.Skipped)
                Log.Skipped(logger, skipped.Path, skipped.Message);
            return reading;
        }
        catch (Exception unreadable) when (unreadable is JsonException or FormatException)
        {
            problem = $"The snapshot cannot be read: {unreadable.Message}";
            return null;
        }
    }

    private void Remember(Snapshot state)
    {
        // A ledger that is long gone may be forgotten; the bound is against a server that invents them.
        if (newest.Count >= MostOrigins && !newest.ContainsKey(state.Origin))
            newest.Remove(newest.Keys.First(origin => origin != current.State.Origin));
        newest[state.Origin] = state.Revision;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The server has another ledger: {Origin} instead of {Before}. It was installed anew or the endpoint changed; following it from revision {Revision}")]
        public static partial void OtherLedger(ILogger logger, string before, string origin, long revision);

        [LoggerMessage(LogLevel.Warning, "A feature is left out, because this version of the client cannot read it: {Path}: {Why}")]
        public static partial void Skipped(ILogger logger, string path, string why);

        [LoggerMessage(LogLevel.Warning, "The feature {Feature} has no definition for FeatureManagement and is off there; ITrackEvaluator has it: {Why}")]
        public static partial void NoDefinition(ILogger logger, string feature, string why);
    }
}
