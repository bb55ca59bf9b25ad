using System.Text.Json;
using ReleaseTracks.Plans;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReleaseTracks.Server.Objectives.OpenSlo;

/// <summary>
/// A YAML stream as JSON, one element per document. Reads what a configuration file needs and no more: anchors, aliases
/// and tags are refused, because a few lines of them can stand for gigabytes or for types; so is a name given twice.
/// </summary>
internal static class YamlReader
{
    public const int MostDocuments = 1000;
    private const int MostDepth = 32;

    /// <summary>The documents; a document that is a list counts as its items. Nothing, and an error, if it cannot be read.</summary>
    public static IReadOnlyList<JsonInput> Read(string yaml, InputErrors errors)
    {
        // The parser takes a NUL for the end of the file, and would let go of what follows.
        var control = yaml.AsSpan().IndexOfAnyInRange('\0', '\b');
        if (control >= 0)
        {
            errors.Add("", $"Contains the control character U+{(int)yaml[control]:X4} in line {yaml.AsSpan(0, control).Count('\n') + 1}: remove it.");
            return [];
        }

        var documents = new List<JsonInput>();
        var parser = new Parser(new StringReader(yaml));
        try
        {
            parser.Consume<StreamStart>();
            for (var i = 0; !parser.TryConsume<StreamEnd>(out _); i++)
            {
                parser.Consume<DocumentStart>();
                var path = $"documents[{i}]";
                var root = new JsonInput(Json.Build(json => Write(json, parser, path, 0)), path, errors);
                documents.AddRange(root.Element.ValueKind switch
                {
                    JsonValueKind.Array => root.Items(MostDocuments),
                    JsonValueKind.Null => [],
                    _ => [root],
                });
                parser.Consume<DocumentEnd>();
                if (documents.Count > MostDocuments)
                    throw new YamlRefusedException("", $"Has more than {MostDocuments} documents: split the file.");
            }
        }
        catch (YamlRefusedException refused)
        {
            errors.Add(refused.Path, refused.Message);
        }
        catch (YamlException broken)
        {
            errors.Add("", $"Is no YAML: line {broken.Start.Line}, column {broken.Start.Column}: {Text.Shown(broken.Message)}");
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The parser has states of its own that it did not foresee; mutated files found them.
            errors.Add("", $"Is no YAML: line {parser.Current?.Start.Line ?? 1} or after it cannot be read.");
        }

        if (documents.Count == 0 && !errors.Any)
            errors.Add("", "Has no document: give at least one SLO.");
        return errors.Any ? [] : documents;
    }

    private static void Write(Utf8JsonWriter json, Parser parser, string path, int depth)
    {
        var start = parser.Current!;
        if (start is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
            throw Refuse(path, start, "Anchors and aliases are not read: write the value out.");
        if (start is NodeEvent { Tag.IsEmpty: false })
            throw Refuse(path, start, "Tags are not read: leave it out.");
        if (depth > MostDepth)
            throw Refuse(path, start, $"Is nested more than {MostDepth} levels deep.");
        if (parser.TryConsume<Scalar>(out var scalar))
            YamlScalars.Write(json, scalar);
        else if (parser.TryConsume<SequenceStart>(out _))
            WriteSequence(json, parser, path, depth);
        else
            WriteMapping(json, parser, path, depth);
    }

    private static void WriteSequence(Utf8JsonWriter json, Parser parser, string path, int depth)
    {
        json.WriteStartArray();
        for (var i = 0; !parser.TryConsume<SequenceEnd>(out _); i++)
            Write(json, parser, $"{path}[{i}]", depth + 1);
        json.WriteEndArray();
    }

    private static void WriteMapping(Utf8JsonWriter json, Parser parser, string path, int depth)
    {
        parser.Consume<MappingStart>();
        json.WriteStartObject();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (parser.Current is not Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } name)
                throw Refuse(path, parser.Current!, "A name must be a plain text.");
            parser.MoveNext();
            var child = $"{path}.{Text.Shown(name.Value)}";
            if (!names.Add(name.Value))
                throw Refuse(child, name, "Given twice: keep one.");
            json.WritePropertyName(name.Value);
            Write(json, parser, child, depth + 1);
        }

        json.WriteEndObject();
    }

    private static YamlRefusedException Refuse(string path, ParsingEvent at, string message) => new(path, $"{message} (line {at.Start.Line})");

    private sealed class YamlRefusedException(string path, string message) : Exception(message)
    {
        public string Path => path;
    }
}
