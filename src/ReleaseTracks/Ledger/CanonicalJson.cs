using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace ReleaseTracks.Ledger;

/// <summary>
/// The one byte sequence of a JSON value (RFC 8785, JSON Canonicalization Scheme): two values that mean the same give
/// the same bytes, whatever the order of their keys, their spacing, escapes or number notation.
/// </summary>
/// <remarks>
/// Numbers are IEEE 754 doubles, as in the RFC. Where reading one as a double would silently change an integer
/// (9007199254740993 would become …992) it is refused instead: write it as a string. Also refused, with the path:
/// duplicate keys, lone surrogates, invalid UTF-8, numbers beyond the range of a double, nesting over
/// <see cref="MaxDepth"/>.
/// </remarks>
public static class CanonicalJson
{
    /// <summary>What System.Text.Json reads back by default; deeper bytes could be written but never read again.</summary>
    public const int MaxDepth = 64;

    /// <summary>As many digits are always exact in a double; JSON has no leading zeros.</summary>
    private const int ExactDigits = 15;

    private static readonly IComparer<(string Name, JsonElement Value)> ByUtf16CodeUnits =
        Comparer<(string Name, JsonElement Value)>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));

    /// <exception cref="CanonicalJsonException">The value has no canonical form.</exception>
    public static byte[] Write(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        Write(output, value, depth: 0);
        return output.WrittenSpan.ToArray();
    }

    internal static void Write(IBufferWriter<byte> output, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: WriteObject(output, value, Deeper(depth)); break;
            case JsonValueKind.Array: WriteArray(output, value, Deeper(depth)); break;
            case JsonValueKind.String: WriteString(output, value); break;
            case JsonValueKind.Number: WriteNumber(output, value); break;
            case JsonValueKind.True: output.Write("true"u8); break;
            case JsonValueKind.False: output.Write("false"u8); break;
            case JsonValueKind.Null: output.Write("null"u8); break;
            default: throw new CanonicalJsonException("there is no value here; use null");
        }
    }

    private static int Deeper(int depth) => depth < MaxDepth
        ? depth + 1
        : throw new CanonicalJsonException($"nested deeper than {MaxDepth} levels");

    private static void WriteObject(IBufferWriter<byte> output, JsonElement value, int depth)
    {
        output.Write("{"u8);
        if (IsInOrder(value))
            WriteInOrder(output, value, depth);
        else
            WriteSorted(output, Sorted(value), depth);
        output.Write("}"u8);
    }

    /// <summary>As it is when these bytes were written here: nothing is to be sorted, and no key needs an escape.</summary>
    private static bool IsInOrder(JsonElement value)
    {
        ReadOnlySpan<byte> last = default;
        foreach (var property in value.EnumerateObject())
        {
            var name = JsonMarshal.GetRawUtf8PropertyName(property);
            // The empty key is before every other; twice, or after another, it is not in order.
            if (!CanonicalString.IsPlain(name) || (!last.IsEmpty && last.SequenceCompareTo(name) >= 0) || name.IsEmpty)
                return false;
            last = name;
        }

        return true;
    }

    private static void WriteInOrder(IBufferWriter<byte> output, JsonElement value, int depth)
    {
        var before = "\""u8;
        foreach (var property in value.EnumerateObject())
        {
            output.Write(before);
            output.Write(JsonMarshal.GetRawUtf8PropertyName(property));
            output.Write("\":"u8);
            before = ",\""u8;
            try
            {
                Write(output, property.Value, depth);
            }
            catch (CanonicalJsonException refused)
            {
                refused.Under("." + property.Name);
                throw;
            }
        }
    }

    private static void WriteSorted(IBufferWriter<byte> output, (string Name, JsonElement Value)[] properties, int depth)
    {
        for (var i = 0; i < properties.Length; i++)
        {
            var (name, child) = properties[i];
            if (i > 0 && name == properties[i - 1].Name)
                throw new CanonicalJsonException($"the key \"{name}\" appears twice");
            if (i > 0) output.Write(","u8);
            CanonicalString.Write(output, name);
            output.Write(":"u8);
            WriteUnder(output, child, depth, name, index: -1);
        }
    }

    private static void WriteArray(IBufferWriter<byte> output, JsonElement value, int depth)
    {
        output.Write("["u8);
        var index = 0;
        foreach (var child in value.EnumerateArray())
        {
            if (index > 0) output.Write(","u8);
            WriteUnder(output, child, depth, name: "", index++);
        }

        output.Write("]"u8);
    }

    private static void WriteUnder(IBufferWriter<byte> output, JsonElement child, int depth, string name, int index)
    {
        try
        {
            Write(output, child, depth);
        }
        catch (CanonicalJsonException refused)
        {
            refused.Under(index < 0 ? "." + name : string.Create(CultureInfo.InvariantCulture, $"[{index}]"));
            throw;
        }
    }

    private static (string Name, JsonElement Value)[] Sorted(JsonElement value)
    {
        try
        {
            var properties = value.EnumerateObject().Select(property => (property.Name, property.Value)).ToArray();
            Array.Sort(properties, ByUtf16CodeUnits);
            return properties;
        }
        catch (InvalidOperationException)
        {
            throw new CanonicalJsonException("a key is not valid Unicode text");
        }
    }

    private static void WriteString(IBufferWriter<byte> output, JsonElement value)
    {
        var quoted = JsonMarshal.GetRawUtf8Value(value);
        if (CanonicalString.IsPlain(quoted[1..^1]))
            output.Write(quoted);
        else
            CanonicalString.Write(output, Text(value));
    }

    private static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new CanonicalJsonException("the string is not valid Unicode text");
        }
    }

    private static void WriteNumber(IBufferWriter<byte> output, JsonElement value)
    {
        var digits = JsonMarshal.GetRawUtf8Value(value);
        if (digits.Length <= ExactDigits && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            output.Write(digits);
        else
            WriteNumber(output, value.GetRawText());
    }

    private static void WriteNumber(IBufferWriter<byte> output, string literal)
    {
        var number = double.Parse(literal, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number)) throw new CanonicalJsonException($"the number {literal} is out of range");
        var canonical = CanonicalNumber.Format(number);
        // 295147905179352830000 is itself canonical and must stay readable; 9007199254740993 would change its value.
        if (Math.Abs(number) >= CanonicalNumber.TwoTo53 && !literal.AsSpan().ContainsAny(".eE") && literal != canonical)
            throw new CanonicalJsonException($"the integer {literal} is not exact as a double; write it as a string");
        CanonicalString.WriteAscii(output, canonical);
    }
}
