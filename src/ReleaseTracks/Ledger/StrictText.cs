using System.Text;

namespace ReleaseTracks.Ledger;

/// <summary>Text forms with exactly one spelling per value, so that nothing signed can be re-spelled.</summary>
internal static class StrictText
{
    private static readonly UTF8Encoding Encoding = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static byte[] Utf8(string text, string where)
    {
        try
        {
            return Encoding.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            throw new LedgerFormatException(where, "a lone surrogate");
        }
    }

    public static string Utf8(ReadOnlySpan<byte> bytes, string where)
    {
        try
        {
            return Encoding.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new LedgerFormatException(where, "not UTF-8");
        }
    }

    /// <summary>Standard base64 (RFC 4648 section 4) with padding, without white space or stray bits.</summary>
    public static byte[] Base64(string text, string where)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length)
            && Convert.ToBase64String(bytes, 0, length) == text
                ? bytes[..length]
                : throw new LedgerFormatException(where, "not base64");
    }
}
