using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Server.Ofrep;

/// <summary>
/// Answers as bytes. Each is put together in a buffer of the thread without awaiting in between, so the buffer is
/// free again when the bytes are handed to the response.
/// </summary>
public static class OfrepAnswer
{
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    public static Task FlagAsync(HttpResponse response, Result result, long revision)
    {
        var body = Scratch();
        OfrepFlag.Write(body, result, revision);
        return SendAsync(response, StatusCodes.Status200OK, body);
    }

    public static Task FaultAsync(HttpResponse response, int status, string? key, OfrepFault fault)
    {
        var body = Scratch();
        OfrepFlag.WriteFault(body, key, fault);
        return SendAsync(response, status, body);
    }

    /// <param name="http">The request with its <c>If-None-Match</c>.</param>
    /// <param name="writeFlags">Writes the body up to the end of the flags: what the tag covers.</param>
    /// <param name="minute">When the ticket was issued, see <see cref="OfrepTag"/>.</param>
    /// <param name="ticket">Null when there is no stream to offer.</param>
    public static Task FlagsAsync(HttpContext http, Action<IBufferWriter<byte>> writeFlags, long minute, string? ticket)
    {
        var body = Scratch();
        writeFlags(body);
        var tag = OfrepTag.Of(body.WrittenSpan, minute);
        if (tag.Answers(http.Request.Headers.IfNoneMatch) is { } known)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            http.Response.Headers.ETag = known;
            http.Response.Headers.CacheControl = "no-store";
            return Task.CompletedTask;
        }

        if (ticket is not null)
        {
            body.Write(",\"eventStreams\":[{\"type\":\"sse\",\"endpoint\":{\"requestUri\":\"/ofrep/v1/stream?ticket="u8);
            Encoding.ASCII.GetBytes(ticket, body);
            body.Write("\"},\"inactivityDelaySec\":120}]"u8);
        }

        body.Write("}"u8);
        http.Response.Headers.ETag = tag.ToString();
        return SendAsync(http.Response, StatusCodes.Status200OK, body);
    }

    private static ArrayBufferWriter<byte> Scratch()
    {
        if (scratch is not { Capacity: < LargestKept } kept)
            return scratch = new(1024);
        kept.ResetWrittenCount();
        return kept;
    }

    /// <summary>The server flushes when the request ends; flushing here would only wait for it twice.</summary>
    private static Task SendAsync(HttpResponse response, int status, ArrayBufferWriter<byte> body)
    {
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        response.ContentLength = body.WrittenCount;
        var started = response.StartAsync();
        if (!started.IsCompletedSuccessfully)
            return SendLaterAsync(started, response, body.WrittenSpan.ToArray());
        response.BodyWriter.Write(body.WrittenSpan);
        return Task.CompletedTask;
    }

    private static async Task SendLaterAsync(Task started, HttpResponse response, byte[] body)
    {
        await started;
        response.BodyWriter.Write(body);
    }
}

/// <summary>
/// The entity tag of a bulk answer: a hash of every flag with its value, variant and metadata, and the minute of the
/// stream ticket that came with it. A 304 carries no ticket, so it is only given while the one the client holds still
/// connects: a client that kept its flags for days, or whose stream broke, would otherwise be told "not modified"
/// for ever and never get a stream again (it reconnects with the address of its last 200).
/// </summary>
public readonly record struct OfrepTag(string Hash, long Minute)
{
    private const int HashBytes = 16;
    private const int FreshMinutes = 1;

    /// <summary>Not a cryptographic hash: a tag only ever tells a client about its own answers, and SHA-256 took most of the time of one.</summary>
    public static OfrepTag Of(ReadOnlySpan<byte> flags, long minute)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        XxHash128.Hash(flags, hash);
        return new(Base64Url.EncodeToString(hash), minute);
    }

    /// <returns>The client's own tag if it still holds; null if it needs the body.</returns>
    public string? Answers(string? ifNoneMatch)
    {
        if (string.IsNullOrEmpty(ifNoneMatch))
            return null;
        foreach (var candidate in ifNoneMatch.Split(',', StringSplitOptions.TrimEntries))
        {
            var tag = candidate.StartsWith("W/", StringComparison.Ordinal) ? candidate[2..] : candidate;
            var dot = tag.LastIndexOf('.');
            if (dot > 1 && tag.Length > dot + 2 && tag.AsSpan(1, dot - 1).SequenceEqual(Hash)
                && long.TryParse(tag.AsSpan(dot + 1, tag.Length - dot - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
                && minute <= Minute && Minute - minute <= FreshMinutes)
            {
                return tag;
            }
        }

        return null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"\"{Hash}.{Minute}\"");
}
