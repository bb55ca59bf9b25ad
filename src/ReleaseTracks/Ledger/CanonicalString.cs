using System.Buffers;
using System.Text;

namespace ReleaseTracks.Ledger;

/// <summary>Strings with the fewest escapes (RFC 8785 section 3.2.2.2): only quote, backslash and controls below U+0020.</summary>
internal static class CanonicalString
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(code => (char)code), '"', '\\']);

    private static readonly SearchValues<byte> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x5f).Select(code => (byte)code).Where(code => code is not ((byte)'"' or (byte)'\\'))]);

    /// <summary>Whether this, between quotes, is its own canonical form: ASCII of which nothing is or need be escaped.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> raw) => !raw.ContainsAnyExcept(Plain);

    public static void Write(IBufferWriter<byte> output, string text)
    {
        output.Write("\""u8);
        var rest = text.AsSpan();
        while (rest.IndexOfAny(Escaped) is >= 0 and var at)
        {
            WriteUtf8(output, rest[..at]);
            WriteAscii(output, Escape(rest[at]));
            rest = rest[(at + 1)..];
        }

        WriteUtf8(output, rest);
        output.Write("\""u8);
    }

    public static void WriteAscii(IBufferWriter<byte> output, string text) => Encoding.ASCII.GetBytes(text, output);

    private static void WriteUtf8(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        try
        {
            Strict.GetBytes(text, output);
        }
        catch (EncoderFallbackException)
        {
            throw new CanonicalJsonException("the text has a lone surrogate");
        }
    }

    private static string Escape(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\f' => "\\f",
        '\r' => "\\r",
        _ => $"\\u{(int)c:x4}",
    };
}
