using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;

namespace ReleaseTracks.Client.Streams;

/// <summary>One server-sent event, or a mere sign of life.</summary>
internal readonly record struct ServerEvent(string Name, string Data)
{
    public static ServerEvent SignOfLife { get; }

    public bool IsSignOfLife => Name is null;
}

/// <summary>
/// Server-sent events (WHATWG HTML, section 9.2) with bounds that a framework's parser does not have: a whole line must
/// come in time, so that neither a half-open connection nor one that drips bytes looks alive; and a line has an end.
/// </summary>
internal sealed class EventReader(Stream stream, TimeSpan silence, TimeProvider time)
{
    private const int MostBytes = 64 * 1024;
    private readonly PipeReader pipe = PipeReader.Create(stream);

    /// <exception cref="TimeoutException">No whole line came in time.</exception>
    /// <exception cref="InvalidDataException">What came is no event stream.</exception>
    public async IAsyncEnumerable<ServerEvent> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        var (name, data) = ("message", new StringBuilder());
        while (await LineAsync(cancel) is { } line)
        {
            if (line.Length == 0 && data.Length > 0)
                yield return new(name, data.ToString());
            if (line.Length == 0)
            {
                (name, data) = ("message", data.Clear());
                continue;
            }

            if (line.StartsWith(':'))
                yield return ServerEvent.SignOfLife;
            else if (Field(line, "event") is { } given)
                name = given;
            else if (Field(line, "data") is { } text)
                data.Append(data.Length > 0 ? "\n" : "").Append(text);
            else if (Field(line, "id") is null && Field(line, "retry") is null)
                throw new InvalidDataException("The stream sent a line that is no field of an event.");
            if (data.Length > MostBytes)
                throw new InvalidDataException("The stream sent an event without an end.");
        }
    }

    private static string? Field(string line, string name)
    {
        if (!line.StartsWith(name, StringComparison.Ordinal) || line.Length == name.Length || line[name.Length] != ':')
            return null;
        var from = name.Length + 1;
        return line[from..].StartsWith(' ') ? line[(from + 1)..] : line[from..];
    }

    /// <summary>Null at the end of the stream.</summary>
    private async Task<string?> LineAsync(CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            while (true)
            {
                var read = await pipe.ReadAsync(either.Token);
                if (TryTake(read.Buffer, out var line))
                    return line;
                if (read.IsCompleted)
                    return null;
                if (read.Buffer.Length > MostBytes)
                    throw new InvalidDataException("The stream sent a line without an end.");
                pipe.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            }
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"The stream said nothing for {silence.TotalSeconds:0} s, not even a heartbeat.");
        }
    }

    private bool TryTake(ReadOnlySequence<byte> buffer, out string line)
    {
        line = "";
        if (buffer.PositionOf((byte)'\n') is not { } end)
            return false;
        line = Encoding.UTF8.GetString(buffer.Slice(0, end)).TrimEnd('\r');
        pipe.AdvanceTo(buffer.GetPosition(1, end));
        return true;
    }
}
