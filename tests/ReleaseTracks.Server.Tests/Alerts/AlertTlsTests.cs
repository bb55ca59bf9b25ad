using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ReleaseTracks.Server.Tests.Faults;
using ReleaseTracks.Server.Tests.Harness;
using ReleaseTracks.Server.Tests.Http;

namespace ReleaseTracks.Server.Tests.Alerts;

/// <summary>Receivers over TLS: a certificate is believed only if its issuer is trusted and it names the host.</summary>
public sealed class AlertTlsTests
{
    [Fact]
    public async Task Receiver_WhoseIssuerIsTrusted_HearsItAndOneWithAnotherNameNothing()
    {
        using var certificate = Certificate("localhost");
        await using var named = await AlertReceiver.StartAsync(certificate);
        await using var other = await AlertReceiver.StartAsync(certificate);
        using var data = new TemporaryDirectory();
        var trusted = Path.Combine(data.Path, "issuer.pem");
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var server = await ServerProcess.StartAsync(
            Path.Combine(data.Path, "data"), new Dictionary<string, string> { ["SSL_CERT_FILE"] = trusted }, AlertCalls.Switches);

        await server.Client.ApplyAsync(AlertCalls.Webhook(named.UrlAt("localhost")));
        await server.Client.ApplyAsync(AlertCalls.Webhook(other.UrlAt("127.0.0.1"), "mismatch"));
        await server.Client.PutAndRollBackAsync();

        var got = await named.NthAsync(1);
        Assert.True(got.IsSignedWith(AlertReceiver.Secret));
        Assert.Equal("releasetracks.rollback.committed", got.Type);
        await FailsAsync(server.Client, "mismatch");
        Assert.Empty(other.All);
    }

    [Fact]
    public async Task Receiver_WhoseIssuerNobodyKnows_HearsNothingAndTheDestinationSaysWhy()
    {
        using var certificate = Certificate("localhost");
        await using var receiver = await AlertReceiver.StartAsync(certificate);
        using var data = new TemporaryDirectory();
        await using var server = await ServerProcess.StartAsync(data.Path, AlertCalls.Switches);

        await server.Client.ApplyAsync(AlertCalls.Webhook(receiver.UrlAt("localhost")));
        await server.Client.PutAndRollBackAsync();

        await FailsAsync(server.Client, "pager");
        Assert.Empty(receiver.All);
    }

    private static Task FailsAsync(HttpClient client, string key) => Eventually.TrueAsync(
        async () => (await client.CallAsync("GET /api/v1/destinations")).Json.EnumerateArray().Single(one => one.GetProperty("key").GetString() == key)
            is var destination && destination.GetProperty("waiting").GetInt32() > 0
            && destination.GetProperty("lastFailure") is { ValueKind: JsonValueKind.String } failure
            && failure.GetString()!.StartsWith("SecureConnectionError", StringComparison.Ordinal),
        $"{key} is not believed",
        TimeSpan.FromSeconds(60));

    /// <summary>Signed by itself, so it is its own issuer.</summary>
    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
