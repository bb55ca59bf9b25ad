using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Tracks;
using StackExchange.Redis;

namespace ReleaseTracks.Server.Store;

/// <summary>
/// What one server tells the others. A signal is a hint and may be lost: after <see cref="MayHaveMissed"/> read again.
/// Handlers run on a pool thread, one signal of a channel after the other, and must be short.
/// </summary>
public sealed partial class StoreSignals : IDisposable
{
    private static readonly RedisChannel Revisions = RedisChannel.Literal(StoreKeys.RevisionChannel);
    private static readonly RedisChannel Enrollments = RedisChannel.Literal(StoreKeys.EnrollmentChannel);
    private readonly StoreConnection _connection;
    private readonly ILogger _logger;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);
    private readonly SemaphoreSlim _subscribing = new(1, 1);
    private readonly CancellationTokenSource _disposed = new();
    private int _awaiting;
    private ChannelMessageQueue? _revisions;
    private ChannelMessageQueue? _enrollments;

    public StoreSignals(StoreConnection connection, ILogger<StoreSignals> logger)
    {
        _connection = connection;
        _logger = logger;
        connection.Restored += OnRestored;
        connection.SubscriptionLost += OnSubscriptionLost;
    }

    public event Action<long>? RevisionPublished;

    public event Action<EnrollmentSignal>? EnrollmentPublished;

    /// <summary>The connection was away: signals sent meanwhile are gone.</summary>
    public event Action? MayHaveMissed;

    /// <summary>
    /// Once, after the connection started. StackExchange.Redis subscribes again after a reconnect; a subscription that
    /// never was made is made then.
    /// </summary>
    public async Task StartAsync()
    {
        try
        {
            await SubscribeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreFaults.IsUnavailable(exception))
        {
            Log.NotSubscribed(_logger, exception);
        }
    }

    public Task PublishRevisionAsync(long revision) => PublishAsync(Revisions, revision);

    internal Task PublishEnrollmentAsync(string user, TrackKey? track) => PublishAsync(
        Enrollments, JsonSerializer.SerializeToUtf8Bytes(new EnrollmentMessage(user, track?.Wire()), JsonSerializerOptions.Web));

    public void Dispose()
    {
        _connection.Restored -= OnRestored;
        _connection.SubscriptionLost -= OnSubscriptionLost;
        _disposed.Cancel();
        _disposed.Dispose();
        _subscribing.Dispose();
    }

    /// <summary>Queues, because plain handlers run at the same time and see an erasure before the enrollment it erased.</summary>
    private async Task SubscribeAsync()
    {
        await _subscribing.WaitAsync().ConfigureAwait(false);
        try
        {
            _revisions ??= await SubscribeAsync(Revisions, OnRevision).ConfigureAwait(false);
            _enrollments ??= await SubscribeAsync(Enrollments, OnEnrollment).ConfigureAwait(false);
        }
        finally
        {
            _subscribing.Release();
        }
    }

    private async Task<ChannelMessageQueue> SubscribeAsync(RedisChannel channel, Action<RedisValue> handler)
    {
        var queue = await _connection.Subscriber.SubscribeAsync(channel).ConfigureAwait(false);
        queue.OnMessage(message => Handle(message.Message, handler));
        return queue;
    }

    /// <summary>The change is written when its signal goes out, so a lost signal must not look like a lost change.</summary>
    private async Task PublishAsync(RedisChannel channel, RedisValue message)
    {
        try
        {
            await _connection.Subscriber.PublishAsync(channel, message).ConfigureAwait(false);
        }
        catch (Exception exception) when (StoreFaults.IsUnavailable(exception))
        {
            Log.NotPublished(_logger, exception);
        }
    }

    private void OnRestored() => _ = CatchUpAsync();

    private async Task CatchUpAsync()
    {
        await StartAsync().ConfigureAwait(false);
        Handle(default, _ => MayHaveMissed?.Invoke());
    }

    private void OnSubscriptionLost()
    {
        if (Interlocked.Exchange(ref _awaiting, 1) == 0)
            _ = AwaitSubscriptionAsync(_disposed.Token);
    }

    /// <summary>
    /// In a cluster the subscription moves to another node, and nothing is restored that could tell of it: only once it is
    /// there is known what may have been missed.
    /// </summary>
    private async Task AwaitSubscriptionAsync(CancellationToken cancel)
    {
        try
        {
            while (!_connection.Subscriber.IsConnected(Revisions) || !_connection.Subscriber.IsConnected(Enrollments))
                await _connection.DelayAsync(LookEvery, cancel).ConfigureAwait(false);
        }
        catch (Exception ended) when (ended is OperationCanceledException or ObjectDisposedException)
        {
            return;
        }
        finally
        {
            Volatile.Write(ref _awaiting, 0);
        }

        Handle(default, _ => MayHaveMissed?.Invoke());
    }

    private void OnRevision(RedisValue value)
    {
        if (long.TryParse(value.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var revision))
            RevisionPublished?.Invoke(revision);
    }

    private void OnEnrollment(RedisValue value)
    {
        var message = JsonSerializer.Deserialize<EnrollmentMessage>((byte[])value!, JsonSerializerOptions.Web);
        if (message is not null)
        {
            EnrollmentPublished?.Invoke(new EnrollmentSignal(
                message.User, TrackKeys.TryParse(message.Track, out var track) ? track : null));
        }
    }

    private void Handle(RedisValue value, Action<RedisValue> handler)
    {
        try
        {
            handler(value);
        }
#pragma warning disable CA1031 // One subscriber's fault must not end the subscription of the others.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.HandlerFailed(_logger, exception);
        }
    }

    private sealed record EnrollmentMessage(string User, string? Track);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "A change is written but the other servers were not told")]
        public static partial void NotPublished(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Warning, "The store is away: signals of other servers arrive when it is back")]
        public static partial void NotSubscribed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "A handler of a store signal failed")]
        public static partial void HandlerFailed(ILogger logger, Exception exception);
    }
}

/// <summary>A user changed track; null: the user was erased.</summary>
public sealed record EnrollmentSignal(string User, TrackKey? Track);
