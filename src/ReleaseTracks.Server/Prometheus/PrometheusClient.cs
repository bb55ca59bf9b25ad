using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace ReleaseTracks.Server.Prometheus;

/// <summary>
/// One instant query against <c>/api/v1/query</c>. Anything but HTTP 200 with a whole, successful vector is a
/// <see cref="PrometheusFaultException"/> whose message names the cause. Never sends a time: the data is Prometheus'
/// own, and our clock may differ.
/// </summary>
internal sealed class PrometheusClient(HttpClient http, PrometheusOptions options)
{
    private const int LongestQuote = 300;
    private readonly Uri address = AddressOf(options.Url!);

    /// <summary>Address without credentials, fit for messages.</summary>
    public string Name { get; } = options.Url!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    public async Task QueryAsync(string query, Action<VectorRow> onRow, CancellationToken cancellationToken)
    {
        using var request = Request(query);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (response.StatusCode != HttpStatusCode.OK)
            throw new PrometheusFaultException(await DescribeAsync(response.StatusCode, body, cancellationToken));
        var parser = new VectorParser(onRow);
        await ParseAsync(body, parser, cancellationToken);
        Check(parser);
    }

    private static Uri AddressOf(Uri url) =>
        new(url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/') + "/api/v1/query");

    private static void Check(VectorParser parser)
    {
        if (parser.Status is null) throw new PrometheusFaultException("answered JSON that is not of Prometheus: it has no status");
        if (parser.Status != "success") throw new PrometheusFaultException($"answered {Quote(parser.Status)}: {Quote(parser.Error ?? "no reason given")}");
        if (parser.ResultType != "vector") throw new PrometheusFaultException($"answered a {Quote(parser.ResultType ?? "missing")} result instead of a vector");
        if (parser.Warnings.Count > 0) throw new PrometheusFaultException($"answered in part: {Quote(string.Join("; ", parser.Warnings))}", partial: true);
    }

    private HttpRequestMessage Request(string query)
    {
        var timeout = options.Timeout.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) + "ms";
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent([new("query", query), new("timeout", timeout)]),
        };
        if (options.Url!.UserInfo is { Length: > 0 } user)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(user))));
        return request;
    }

    private async Task ParseAsync(Stream body, VectorParser parser, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var state = new JsonReaderState();
            var (held, seen, final) = (0, 0L, false);
            while (!final)
            {
                if (held == buffer.Length) buffer = Enlarge(buffer, held);
                var read = await body.ReadAsync(buffer.AsMemory(held), cancellationToken);
                final = read == 0;
                held += read;
                seen += read;
                if (seen > options.MaxResponseBytes) throw TooLong();
                var used = Parse(buffer.AsSpan(0, held), final, ref state, parser);
                if (parser.Malformed is { } malformed) throw new PrometheusFaultException($"answered a vector that makes no sense: {malformed}");
                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int Parse(ReadOnlySpan<byte> bytes, bool final, ref JsonReaderState state, VectorParser parser)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes, final, state);
            parser.Read(ref reader);
            state = reader.CurrentState;
            return (int)reader.BytesConsumed;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new PrometheusFaultException($"answered something that is not JSON: {Quote(Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 80)]))}");
        }
    }

    private static byte[] Enlarge(byte[] buffer, int held)
    {
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.AsSpan(0, held).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private PrometheusFaultException TooLong() => new(
        string.Create(CultureInfo.InvariantCulture, $"answered more than {options.MaxResponseBytes / (1024 * 1024)} MB"));

    /// <summary>Prometheus says in its body what was wrong (422 for a timeout, 400 for a bad expression).</summary>
    private static async Task<string> DescribeAsync(HttpStatusCode status, Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var prefix = string.Create(CultureInfo.InvariantCulture, $"answered HTTP {(int)status}");
        var parser = new VectorParser(_ => { });
        var state = new JsonReaderState();
        try
        {
            Parse(buffer.AsSpan(0, length), final: false, ref state, parser);
        }
        catch (PrometheusFaultException)
        {
            return prefix + " with something that is not JSON (is this address really Prometheus?)";
        }

        return parser.Error is null ? prefix : $"{prefix}: {Quote(parser.Error)}";
    }

    /// <summary>Foreign text, on one line and of bounded length.</summary>
    private static string Quote(string text)
    {
        var clean = new string([.. text.Take(LongestQuote).Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return text.Length > LongestQuote ? clean + "…" : clean;
    }
}
