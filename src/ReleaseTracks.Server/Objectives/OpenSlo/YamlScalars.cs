using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReleaseTracks.Server.Objectives.OpenSlo;

/// <summary>What a plain YAML scalar is, by the core schema of YAML 1.2: quoted ones are always text.</summary>
internal static partial class YamlScalars
{
    public static void Write(Utf8JsonWriter json, Scalar scalar)
    {
        if (scalar.Style is not ScalarStyle.Plain)
            json.WriteStringValue(scalar.Value);
        else if (scalar.Value is "" or "~" or "null" or "Null" or "NULL")
            json.WriteNullValue();
        else if (scalar.Value is "true" or "True" or "TRUE")
            json.WriteBooleanValue(true);
        else if (scalar.Value is "false" or "False" or "FALSE")
            json.WriteBooleanValue(false);
        else if (Number().IsMatch(scalar.Value) && double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number))
            json.WriteNumberValue(number);
        else
            json.WriteStringValue(scalar.Value);
    }

    /// <summary>Plain where every reader, those of YAML 1.1 included, takes it for text; else without escapes where it can be: queries are full of quotes.</summary>
    public static ScalarStyle StyleOf(string text) =>
        PlainText().IsMatch(text) && !Reserved().IsMatch(text) ? ScalarStyle.Plain
        : text.All(c => c is >= ' ' and <= '~') ? ScalarStyle.SingleQuoted
        : ScalarStyle.DoubleQuoted;

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9/._-]*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();

    [GeneratedRegex(@"^(null|true|false|yes|no|on|off|y|n)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Reserved();
}
