using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>Signs what is sent as Standard Webhooks does: <c>v1,</c> and the HMAC-SHA256 of <c>id.timestamp.body</c>.</summary>
public static class WebhookMessage
{
    public const string ContentType = "application/cloudevents+json; charset=utf-8";
    private const string SecretPrefix = "whsec_";
    private const int LeastBytes = 24;
    private const int MostBytes = 64;

    /// <summary>Null if it is not a secret to sign with.</summary>
    public static byte[]? KeyOf(string secret)
    {
        var text = secret.Trim();
        if (!text.StartsWith(SecretPrefix, StringComparison.Ordinal) || !Base64.IsValid(text.AsSpan(SecretPrefix.Length)))
            return null;
        var key = Convert.FromBase64String(text[SecretPrefix.Length..]);
        return key.Length is >= LeastBytes and <= MostBytes ? key : null;
    }

    public static bool IsSigningSecret(string secret) => secret.TrimStart().StartsWith(SecretPrefix, StringComparison.Ordinal);

    /// <summary>The id is the same for every try, so that whoever receives it twice knows.</summary>
    public static IEnumerable<(string Name, string Value)> Headers(string id, DateTimeOffset at, ReadOnlySpan<byte> body, byte[] key)
    {
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", $"v1,{Convert.ToBase64String(hmac.GetHashAndReset())}")];
    }
}
