using System.Text.RegularExpressions;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Server.Tracks.Editing;

/// <summary>What is wrong with a form, each at the field it names; what names none is said for the whole.</summary>
public sealed partial class FieldFaults
{
    private const string Prefix = "changes[0].track.";
    private readonly ILookup<string, string> byField;

    private FieldFaults(ILookup<string, string> byField, IReadOnlyList<string> others) => (this.byField, Others) = (byField, others);

    public static FieldFaults None { get; } = Of(new InputErrors(), []);

    public IReadOnlyList<string> Others { get; }

    /// <summary>Where a look is needed, in words.</summary>
    public IReadOnlyList<string> Fields => [.. byField.Select(faults => Name(faults.Key))];

    public static FieldFaults Of(InputErrors errors, IEnumerable<string> fields)
    {
        var known = fields.ToHashSet(StringComparer.Ordinal);
        var placed = errors.All.ToLookup(error => known.Contains(FieldOf(error.Path)));
        return new(
            placed[true].ToLookup(error => FieldOf(error.Path), Words, StringComparer.Ordinal),
            [.. placed[false].Select(error => error.Message)]);
    }

    public IEnumerable<string> At(string field) => byField[field];

    /// <summary>The steps of a playbook are lines of one field.</summary>
    private static string FieldOf(string path) => path.StartsWith(Prefix, StringComparison.Ordinal)
        ? path[Prefix.Length..] is var field && field.StartsWith("playbook[", StringComparison.Ordinal) ? "playbook" : field
        : path;

    private static string Name(string field) => Row().Match(field) is { Success: true } row
        ? $"{(row.Groups[1].ValueSpan is "objectives" ? "objective" : "freeze window")} {int.Parse(row.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) + 1} {row.Groups[3].ValueSpan}"
        : field.Replace("limits.", "", StringComparison.Ordinal);

    [GeneratedRegex(@"^(objectives|limits\.freezeWindows)\[(\d+)\]\.(.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Row();

    private static string Words(InputError error) =>
        error.Path.Split("playbook[") is [_, var rest] && int.TryParse(rest.TrimEnd(']'), out var step) ? $"Step {step + 1}: {error.Message}" : error.Message;
}
