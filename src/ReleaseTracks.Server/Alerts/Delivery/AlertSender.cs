using Microsoft.Extensions.Options;
using ReleaseTracks.Alerts;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>Puts what is to be said into the words of a destination's kind, with the secret it names. One try each.</summary>
public sealed class AlertSender(AlertHttp http, IOptions<AlertOptions> options, TimeProvider time)
{
    private static readonly TimeSpan TestLasts = TimeSpan.FromMinutes(1);

    /// <param name="destination">A webhook.</param>
    /// <param name="id">The same for every try of the same event.</param>
    /// <param name="body">A CloudEvent.</param>
    /// <param name="cancel">Ends the try.</param>
    public async Task<DeliveryResult> SendEventAsync(Destination destination, string id, ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        if (SecretOf(destination) is not { } secret)
            return NoSecret(destination);
        if (WebhookMessage.KeyOf(secret) is not { } key)
            return new(DeliveryResult.Blocked, $"The secret {destination.Secret} cannot sign: it must be whsec_ and 24 to 64 bytes in Base64.");
        return await http.PostAsync(new(destination.Url), body, WebhookMessage.ContentType, WebhookMessage.Headers(id, time.GetUtcNow(), body.Span, key), cancel);
    }

    /// <param name="destination">An Alertmanager.</param>
    /// <param name="alerts">Each with its end: in the future while it holds.</param>
    /// <param name="cancel">Ends the try.</param>
    public async Task<DeliveryResult> SendAlertsAsync(Destination destination, IEnumerable<(AlertmanagerAlert Alert, DateTimeOffset EndsAt)> alerts, CancellationToken cancel)
    {
        var secret = SecretOf(destination);
        if (destination.Secret is not null && secret is null)
            return NoSecret(destination);
        // A plan names the secret: it must not be a way to have a signing key sent somewhere.
        if (secret is not null && WebhookMessage.IsSigningSecret(secret))
            return new(DeliveryResult.Blocked, $"The secret {destination.Secret} is one to sign with and is not sent; name one that is the value of an Authorization header.");
        var url = new Uri(destination.Url.TrimEnd('/') + "/api/v2/alerts");
        var body = AlertmanagerAlert.Body(alerts, options.Value.PublicAddress);
        return await http.PostAsync(url, body, AlertmanagerAlert.ContentType, secret is null ? [] : [("Authorization", secret)], cancel);
    }

    /// <summary>Something harmless, so that somebody can see whether it arrives.</summary>
    public Task<DeliveryResult> SendTestAsync(Destination destination, Snapshot state, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (destination.Kind == DestinationKind.Webhook)
        {
            var id = Secrets.Id("test_");
            return SendEventAsync(destination, id, LedgerEvents.WriteTest(state.Origin, id, now, destination.Key), cancel);
        }

        var test = new AlertmanagerAlert
        {
            Name = "ReleaseTracksTest",
            Severity = "none",
            StartsAt = now,
            Summary = $"A test of the destination {destination.Key}",
            Description = "Somebody asked for it. It ends by itself.",
            Page = Components.Urls.Alerts,
        };
        return SendAlertsAsync(destination, [(test, now + TestLasts)], cancel);
    }

    private string? SecretOf(Destination destination) =>
        destination.Secret is { } name && options.Value.Secrets.TryGetValue(name, out var secret) ? secret.Trim() : null;

    private static DeliveryResult NoSecret(Destination destination) =>
        new(DeliveryResult.Blocked, $"There is no secret {destination.Secret}: set {AlertOptions.Section}:Secrets:{destination.Secret} on every server.");
}
