using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ReleaseTracks.Server.Tests.Harness;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>What somebody's receiver was sent.</summary>
public sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Id => Headers["webhook-id"];

    public JsonElement Json => JsonElement.Parse(Body);

    public string? Type => Json.GetProperty("type").GetString();

    /// <summary>By the text of Standard Webhooks, with nothing of ours.</summary>
    public bool IsSignedWith(string secret)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret["whsec_".Length..]));
        var signed = Encoding.UTF8.GetBytes($"{Headers["webhook-id"]}.{Headers["webhook-timestamp"]}.").Concat(Body).ToArray();
        return Headers["webhook-signature"].Split(' ').Contains("v1," + Convert.ToBase64String(hmac.ComputeHash(signed)));
    }
}

/// <summary>A real HTTP server that keeps what it is sent, and answers as the test says: 200 unless told otherwise.</summary>
public sealed class AlertReceiver : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private readonly ConcurrentQueue<Received> received = new();
    private readonly int port = RedisServer.FreePort();
    private X509Certificate2? certificate;
    private WebApplication? app;

    public IReadOnlyList<Received> All => [.. received];

    public string Url => $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/hook";

    /// <summary>Of one that has a certificate.</summary>
    public string UrlAt(string host) => $"https://{host}:{port.ToString(CultureInfo.InvariantCulture)}/hook";

    /// <summary>Called with the number of the request, from 1.</summary>
    public Func<int, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    /// <param name="certificate">To be spoken to over TLS; over plain HTTP without.</param>
    public static async Task<AlertReceiver> StartAsync(X509Certificate2? certificate = null)
    {
        var receiver = new AlertReceiver { certificate = certificate };
        await receiver.RunAsync();
        return receiver;
    }

    public async Task RunAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null)
                listen.UseHttps(certificate);
        }));
        app = builder.Build();
        app.Run(ReceiveAsync);
        await app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (app is null)
            return;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        app = null;
    }

    public async Task<Received> NthAsync(int number)
    {
        await Eventually.TrueAsync(() => received.Count >= number, $"request {number} arrives", TimeSpan.FromSeconds(60));
        return All[number - 1];
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        int number;
        lock (received)
        {
            received.Enqueue(new(http.Request.Path, http.Request.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal), body.ToArray()));
            number = received.Count;
        }

        await Answer(number, http);
    }
}
