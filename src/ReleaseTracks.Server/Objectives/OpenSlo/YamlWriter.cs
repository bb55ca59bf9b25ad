using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ReleaseTracks.Server.Objectives.OpenSlo;

/// <summary>JSON as a YAML stream, one document each. Text that any reader could take for something else is quoted.</summary>
internal static class YamlWriter
{
    // A folded query is hard to compare, and to paste into Prometheus.
    private static readonly EmitterSettings Settings = new EmitterSettings().WithBestWidth(int.MaxValue).WithIndentedSequences().WithNewLine("\n");

    public static void Write(TextWriter output, IEnumerable<JsonElement> documents)
    {
        var emitter = new Emitter(output, Settings);
        emitter.Emit(new StreamStart());
        foreach (var document in documents)
        {
            emitter.Emit(new DocumentStart(null, null, isImplicit: false));
            Write(emitter, document);
            emitter.Emit(new DocumentEnd(isImplicit: true));
        }

        emitter.Emit(new StreamEnd());
    }

    private static void Write(Emitter emitter, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                emitter.Emit(new MappingStart());
                foreach (var member in element.EnumerateObject())
                {
                    emitter.Emit(Text(member.Name));
                    Write(emitter, member.Value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (var item in element.EnumerateArray())
                    Write(emitter, item);
                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                emitter.Emit(Text(element.GetString()!));
                break;
            default:
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, element.GetRawText(), ScalarStyle.Plain, isPlainImplicit: true, isQuotedImplicit: false));
                break;
        }
    }

    private static Scalar Text(string text) => new(
        AnchorName.Empty, TagName.Empty, text,
        YamlScalars.StyleOf(text),
        isPlainImplicit: true, isQuotedImplicit: true);
}
