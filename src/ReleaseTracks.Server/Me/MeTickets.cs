using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using ReleaseTracks.Server.Streams;

namespace ReleaseTracks.Server.Me;

/// <summary>
/// Opens one user's own page for a quarter of an hour, inside the product that knows who they are. The ticket does not
/// contain the user: it is an HMAC over them, and worth nothing with another user's name or as a ticket of another kind.
/// </summary>
public sealed class MeTickets(TicketKey key, TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private const string Purpose = "me";
    private const int TimeBytes = 8;

    /// <returns>Null while the store has not given out the key.</returns>
    public async ValueTask<(string Ticket, DateTimeOffset ExpiresAt)?> IssueAsync(string user, string? organisation, CancellationToken cancel)
    {
        await key.LoadAsync(cancel);
        var expires = DateTimeOffset.FromUnixTimeSeconds((time.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        if (Mac(user, organisation, expires) is not { } mac)
            return null;
        var ticket = new byte[TimeBytes + mac.Length];
        BinaryPrimitives.WriteInt64BigEndian(ticket, expires.ToUnixTimeSeconds());
        mac.CopyTo(ticket, TimeBytes);
        return (Base64Url.EncodeToString(ticket), expires);
    }

    public async ValueTask<bool> IsGoodAsync(string ticket, string user, string? organisation, CancellationToken cancel)
    {
        await key.LoadAsync(cancel);
        var bytes = new byte[TimeBytes + HMACSHA256.HashSizeInBytes];
        if (ticket.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.TryDecodeFromChars(ticket, bytes, out var length) || length != bytes.Length)
            return false;
        var seconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var left = seconds - time.GetUtcNow().ToUnixTimeSeconds();
        return left > 0 && left <= Lifetime.TotalSeconds
            && Mac(user, organisation, DateTimeOffset.FromUnixTimeSeconds(seconds)) is { } expected
            && CryptographicOperations.FixedTimeEquals(expected, bytes.AsSpan(TimeBytes));
    }

    private byte[]? Mac(string user, string? organisation, DateTimeOffset expires) =>
        key.Mac(Purpose, expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), user, organisation ?? "");
}
