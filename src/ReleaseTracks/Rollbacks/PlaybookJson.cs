using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Rollbacks;

/// <summary>The playbook of a rollback as the API gives it, steps numbered from 1 as people count them.</summary>
internal static class PlaybookJson
{
    public static void Write(Utf8JsonWriter json, ImmutableArray<PlaybookStep> steps) => json.WriteArray("playbook", steps.Index(), (writer, numbered) =>
    {
        var (index, step) = numbered;
        writer.WriteStartObject();
        writer.WriteNumber("step", index + 1);
        writer.WriteString("text", step.Text);
        writer.WriteBoolean("done", step.IsDone);
        writer.WriteOptional("doneAt", step.DoneAt);
        if (step.DoneBy is { } actor)
            writer.WriteActor("doneBy", actor);
        writer.WriteEndObject();
    });
}
