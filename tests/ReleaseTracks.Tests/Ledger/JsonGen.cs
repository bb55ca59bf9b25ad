using System.Globalization;
using System.Text.Json;
using CsCheck;

namespace ReleaseTracks.Tests.Ledger;

/// <summary>Random JSON text: every kind of value, odd numbers and strings, no duplicate keys.</summary>
internal static class JsonGen
{
    private static readonly string[] Plain = ["null", "true", "false", "0", "-0", "1.50", "2E+5", "1e-9", "\"\"", "{}", "[]"];

    private static readonly Gen<string> String =
        Gen.Char.Where(c => !char.IsSurrogate(c)).Array[0, 8].Select(chars => JsonSerializer.Serialize(new string(chars)));

    private static readonly Gen<string> Leaf = Gen.OneOf(
        Gen.Int[0, Plain.Length - 1].Select(i => Plain[i]),
        Gen.Double.Where(double.IsFinite).Select(value => value.ToString("R", CultureInfo.InvariantCulture)),
        Gen.Long[-(1L << 53), 1L << 53].Select(value => value.ToString(CultureInfo.InvariantCulture)),
        String);

    public static Gen<string> Value { get; } = Gen.Recursive<string>((depth, self) => depth > 3
        ? Leaf
        : Gen.OneOf(
            Leaf,
            self.Array[0, 4].Select(items => $"[ {string.Join(" , ", items)} ]"),
            Gen.Select(String, self).Array[0, 4].Select(members => Object(Distinct(members)))));

    public static Gen<(string Name, string Value)[]> Members { get; } =
        Gen.Select(String, Value).Array[0, 12].Select(Distinct);

    public static string Object((string Name, string Value)[] members) =>
        "{" + string.Join(",", members.Select(member => $" {member.Name} : {member.Value}")) + "}";

    private static (string Name, string Value)[] Distinct((string Name, string Value)[] members) =>
        [.. members.DistinctBy(member => member.Name, StringComparer.Ordinal)];
}
