using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>How one try ended. <see cref="Result"/> is a label on <c>/metrics</c>, the detail is for people.</summary>
public sealed record DeliveryResult(string Result, string Detail, TimeSpan? RetryAfter = null)
{
    public const string Delivered = "delivered";

    /// <summary>The other side answered, but not with 2xx.</summary>
    public const string Refused = "refused";

    /// <summary>There was no answer.</summary>
    public const string Failed = "failed";

    /// <summary>It was not tried: the settings do not allow it, or lack the secret.</summary>
    public const string Blocked = "blocked";

    public bool IsDelivered => Result == Delivered;

    public static IReadOnlyList<string> All { get; } = [Delivered, Refused, Failed, Blocked];
}

/// <summary>Looks a name up; replaced in tests.</summary>
public sealed record AlertNames(Func<string, CancellationToken, Task<IPAddress[]>> Resolve);

/// <summary>
/// Sends alerts to addresses that somebody chose in a plan: only to allowed hosts, only to the addresses that were checked,
/// following no redirect, through no proxy, keeping no cookie, and not looking at what is answered.
/// </summary>
public sealed class AlertHttp : IDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);
    private readonly AlertOptions options;
    private readonly AlertNames names;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    public AlertHttp(IOptions<AlertOptions> options, AlertNames names, TimeProvider time)
    {
        (this.options, this.names, this.time) = (options.Value, names, time);
        http = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            ConnectTimeout = Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("ReleaseTracks", null));
    }

    public void Dispose() => http.Dispose();

    /// <summary>One try, bounded by <see cref="Timeout"/>; throws only when <paramref name="cancel"/> says so.</summary>
    public async Task<DeliveryResult> PostAsync(Uri url, ReadOnlyMemory<byte> body, string contentType, IEnumerable<(string Name, string Value)> headers, CancellationToken cancel)
    {
        if (!options.IsAllowed(url))
            return new(DeliveryResult.Blocked, $"{url.Authority} is not in {AlertOptions.Section}:AllowedHosts.");
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var bound = new CancellationTokenSource(Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, cancel);
        try
        {
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Of(answer);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(DeliveryResult.Failed, $"No answer within {Timeout.TotalSeconds:0} s.");
        }
        catch (HttpRequestException failed)
        {
            return failed.InnerException is AddressRefusedException refused
                ? new(DeliveryResult.Blocked, $"{url.Host}: {refused.Message}.")
                : new(DeliveryResult.Failed, $"{failed.HttpRequestError}: {failed.Message}");
        }
    }

    private DeliveryResult Of(HttpResponseMessage answer)
    {
        var status = string.Create(CultureInfo.InvariantCulture, $"HTTP {(int)answer.StatusCode}");
        if (answer.IsSuccessStatusCode)
            return new(DeliveryResult.Delivered, status);
        var wait = answer.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        var detail = (int)answer.StatusCode is >= 300 and < 400 ? $"{status}: redirects are not followed; give the address it leads to." : $"{status}.";
        return new(DeliveryResult.Refused, detail, wait > LongestRetryAfter ? LongestRetryAfter : wait);
    }

    /// <summary>All addresses of a name must be good: which of them would be used is up to the network.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await names.Resolve(host, cancel);
        foreach (var address in addresses)
        {
            if (AddressGuard.WhyRefused(address, options.AllowPrivateNetworks) is { } reason)
                throw new AddressRefusedException(reason);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The name leads to an address that must not be sent to.</summary>
public sealed class AddressRefusedException(string message) : IOException(message);
