using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ReleaseTracks.Server.Streams;

/// <summary>Who may listen: the user (hashed), the revision they last evaluated at, and the minute that was.</summary>
public readonly record struct StreamTicket(UInt128 User, long Revision, long Minute);

/// <summary>
/// Tickets for the change stream: browsers send no credential with it. A ticket is an HMAC over its content with a key
/// that all servers share, opens nothing but the stream, and connects for two to three minutes; the same user gets the
/// same ticket within a minute, so a refetch does not make the client connect anew. The user is in it as a keyed hash,
/// because addresses end up in other people's logs.
/// </summary>
public sealed class StreamTickets(TicketKey shared, TimeProvider time)
{
    public const int LifetimeMinutes = 2;
    private const int ContentBytes = 32;

    // Keying one anew for every ticket took more than signing with it; two are needed for each bulk answer.
    [ThreadStatic]
    private static KeyedHash? keyed;

    public long Minute => time.GetUtcNow().ToUnixTimeSeconds() / 60;

    /// <summary>Fetches the key once; when the store does not answer there are no tickets until it does.</summary>
    public ValueTask LoadAsync(CancellationToken cancel) => shared.LoadAsync(cancel);

    /// <returns>Null while the key is unknown.</returns>
    public string? Issue(string? user, long revision)
    {
        if (shared.Bytes is not { } secret)
            return null;
        Span<byte> ticket = stackalloc byte[ContentBytes + HMACSHA256.HashSizeInBytes];
        BinaryPrimitives.WriteInt64BigEndian(ticket, Minute);
        BinaryPrimitives.WriteInt64BigEndian(ticket[8..], revision);
        BinaryPrimitives.WriteUInt128BigEndian(ticket[16..], HashOf(secret, user));
        Sign(secret, ticket[..ContentBytes], ticket[ContentBytes..]);
        return Base64Url.EncodeToString(ticket);
    }

    /// <returns>Null if the ticket is forged, garbled or too old.</returns>
    public StreamTicket? Read(string text)
    {
        Span<byte> ticket = stackalloc byte[ContentBytes + HMACSHA256.HashSizeInBytes];
        if (shared.Bytes is not { } secret || text.Length != Base64Url.GetEncodedLength(ticket.Length)
            || !Base64Url.TryDecodeFromChars(text, ticket, out var length) || length != ticket.Length)
        {
            return null;
        }

        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(secret, ticket[..ContentBytes], expected);
        if (!CryptographicOperations.FixedTimeEquals(expected, ticket[ContentBytes..]))
            return null;
        var issued = BinaryPrimitives.ReadInt64BigEndian(ticket);
        return Minute - issued is < 0 or > LifetimeMinutes
            ? null
            : new(BinaryPrimitives.ReadUInt128BigEndian(ticket[16..]), BinaryPrimitives.ReadInt64BigEndian(ticket[8..]), issued);
    }

    /// <summary>The user as tickets name them; zero while there is no key, when nobody listens by ticket either.</summary>
    public UInt128 HashOf(string? user) => shared.Bytes is { } secret ? HashOf(secret, user) : default;

    private static UInt128 HashOf(byte[] secret, string? user)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Sign(secret, Encoding.UTF8.GetBytes("user\n" + user), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private static void Sign(byte[] secret, ReadOnlySpan<byte> content, Span<byte> signature)
    {
        if (keyed is not { } hash || hash.Secret != secret)
            keyed = hash = new(secret, IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret));
        hash.Hmac.AppendData(content);
        hash.Hmac.GetHashAndReset(signature);
    }

    private sealed record KeyedHash(byte[] Secret, IncrementalHash Hmac);
}
