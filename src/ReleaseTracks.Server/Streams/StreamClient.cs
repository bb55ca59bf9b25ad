using System.Threading.Channels;

namespace ReleaseTracks.Server.Streams;

/// <summary>One thing to tell a client. What it looks like on the wire is the endpoint's business.</summary>
public readonly record struct StreamEvent(StreamEventKind Kind, long Revision = 0, string? User = null, string? Track = null);

public enum StreamEventKind
{
    /// <summary>Nothing happened; the connection lives.</summary>
    Heartbeat,

    /// <summary>A new revision, or for a user: something they are served may have changed.</summary>
    Revision,

    Enrollment,

    /// <summary>Changes may have been missed: what a client knows of users must be read again.</summary>
    Doubt,
}

/// <summary>An SDK key and the SHA-256 of the secret that was sent, which may be the one before a rotation.</summary>
public sealed record StreamKey(string Id, string SecretHash);

/// <summary>
/// One open stream. Whoever tells it something never waits: a client that does not read its events in time has a full
/// buffer, and is disconnected so that it comes back and reads the present instead of a long past.
/// </summary>
public sealed class StreamClient(UInt128? user, StreamKey? key)
{
    private const int MostPending = 1024;
    private readonly Channel<StreamEvent> events = Channel.CreateBounded<StreamEvent>(new BoundedChannelOptions(MostPending) { SingleReader = true });

    /// <summary>Whose stream it is, as tickets name them; null for a product, which hears of every user.</summary>
    public UInt128? User => user;

    /// <summary>The SDK key it was opened with, if any.</summary>
    public StreamKey? Key => key;

    public ChannelReader<StreamEvent> Events => events.Reader;

    public void Tell(StreamEvent happened)
    {
        if (!events.Writer.TryWrite(happened))
            Close();
    }

    public void Close() => events.Writer.TryComplete();
}
