using System.Net;
using System.Net.Sockets;

namespace ReleaseTracks.Server.Alerts.Delivery;

/// <summary>
/// Which addresses may be sent to. A destination's name is looked up anew for every connection and the connection is made
/// to what was checked, so a name cannot turn to another machine between the two.
/// </summary>
public static class AddressGuard
{
    /// <summary>Never: no host, or one that answers whoever asks with credentials of the machine.</summary>
    private static readonly IPNetwork[] Never = Networks(
        "0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32", "168.63.129.16/32",
        "::/128", "64:ff9b:1::/48", "100::/64", "2001::/32", "fe80::/10", "fec0::/10", "ff00::/8", "fd00:ec2::254/128", "fd20:ce::254/128");

    /// <summary>Only when private networks are allowed: this machine, and what is not reached over the internet.</summary>
    private static readonly IPNetwork[] Private = Networks(
        "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
        "203.0.113.0/24", "::1/128", "fc00::/7", "2001:db8::/32");

    /// <summary>Null when it may be sent to.</summary>
    public static string? WhyRefused(IPAddress address, bool allowPrivate)
    {
        var plain = Embedded(address) ?? address;
        if (Never.Any(network => network.Contains(plain)))
            return $"the address {address} is never sent to";
        return !allowPrivate && Private.Any(network => network.Contains(plain))
            ? $"the address {address} is not public, and {AlertOptions.Section}:AllowPrivateNetworks is off"
            : null;
    }

    /// <summary>The IPv4 address that an IPv6 address leads to: mapped, compatible, NAT64 or 6to4.</summary>
    private static IPAddress? Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return null;
        var bytes = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6 || IsCompatible(bytes) || bytes.AsSpan(0, 12).SequenceEqual(Nat64))
            return new(bytes.AsSpan(12, 4));
        return bytes[0] == 0x20 && bytes[1] == 0x02 ? new(bytes.AsSpan(2, 4)) : null;
    }

    private static ReadOnlySpan<byte> Nat64 => [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary><c>::a.b.c.d</c>, but not <c>::</c> and <c>::1</c>, which mean something else.</summary>
    private static bool IsCompatible(byte[] bytes) =>
        !bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0) && (bytes[12] | bytes[13] | bytes[14]) != 0;

    private static IPNetwork[] Networks(params string[] texts) => Array.ConvertAll(texts, IPNetwork.Parse);
}
