using System.Globalization;

namespace ReleaseTracks.Ledger;

/// <summary>
/// Numbers as ECMAScript's Number::toString writes them, which RFC 8785 section 3.2.2.3 requires: the shortest digits
/// that read back as the same double, plain between 1e-7 and 1e21, with an exponent outside.
/// </summary>
internal static class CanonicalNumber
{
    public const double TwoTo53 = 9007199254740992;

    public static string Format(double value)
    {
        if (value == 0) return "0"; // minus zero too
        if (Math.Abs(value) < TwoTo53 && value == Math.Truncate(value))
            return ((long)value).ToString(CultureInfo.InvariantCulture);

        var (digits, point) = Shortest(Math.Abs(value));
        var text = point switch
        {
            > 21 or <= -6 => Exponential(digits, point - 1),
            <= 0 => "0." + new string('0', -point) + digits,
            _ when point >= digits.Length => digits.PadRight(point, '0'),
            _ => digits[..point] + "." + digits[point..],
        };
        return value < 0 ? "-" + text : text;
    }

    /// <summary>The value is 0.digits × 10^point, without leading or trailing zeros in digits.</summary>
    private static (string Digits, int Point) Shortest(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        // .NET 10 writes 2^-25 (and 0x0410000000000000) one digit too short, so that it reads back as its neighbour.
        if (double.Parse(text, CultureInfo.InvariantCulture) != value) text = value.ToString("E16", CultureInfo.InvariantCulture);
        var mark = text.IndexOf('E', StringComparison.Ordinal);
        var exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var mantissa = mark < 0 ? text : text[..mark];
        var dot = mantissa.IndexOf('.', StringComparison.Ordinal);
        var whole = dot < 0 ? mantissa.Length : dot;
        var all = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        var digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), whole + exponent - (all.Length - digits.Length));
    }

    private static string Exponential(string digits, int exponent)
    {
        var fraction = digits.Length > 1 ? "." + digits[1..] : "";
        var sign = exponent < 0 ? "-" : "+";
        return string.Create(CultureInfo.InvariantCulture, $"{digits[0]}{fraction}e{sign}{Math.Abs(exponent)}");
    }
}
