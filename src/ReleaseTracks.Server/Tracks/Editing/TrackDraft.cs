using System.Globalization;
using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks.Editing;

/// <summary>
/// A track as it is being typed. Everything is text, so that nothing typed is lost or changed; whether it means something
/// is decided where every other plan is read, and said with the path of the field.
/// </summary>
public sealed class TrackDraft
{
    private readonly Track track;

    public TrackDraft(TrackModel model)
    {
        (track, Revision) = (model.Config, model.Revision);
        var limits = track.Limits;
        Objectives = [.. track.Objectives.Select(objective => new ObjectiveDraft(objective))];
        Playbook = string.Join('\n', track.Playbook);
        SoakTime = Durations.Format(limits.SoakTime);
        SoakVolume = Number(limits.SoakVolume);
        RollbackCooldown = Durations.Format(limits.RollbackCooldown);
        MaxStepPercent = Number(limits.MaxStepPercent);
        FreezeWindows = [.. limits.FreezeWindows.Select(window => new FreezeDraft(window))];
    }

    /// <summary>Of the track when the typing began.</summary>
    public long Revision { get; }

    public List<ObjectiveDraft> Objectives { get; }

    /// <summary>One step a line.</summary>
    public string Playbook { get; set; }

    public string SoakTime { get; set; }

    public string SoakVolume { get; set; }

    public string RollbackCooldown { get; set; }

    public string MaxStepPercent { get; set; }

    public List<FreezeDraft> FreezeWindows { get; }

    public string Title => $"Change the {track.Name} track";

    /// <summary>The plan to ask for. What is not edited here goes along as it is.</summary>
    public JsonElement Body() => Json.Object(json =>
    {
        json.WriteString("title", Title);
        json.WriteArray("changes", [this], (writer, _) =>
        {
            writer.WriteStartObject();
            writer.WriteString("op", "track.put");
            writer.WriteStartObject("track");
            WriteKept(writer);
            writer.WriteArray("objectives", Objectives, (w, objective) => objective.Write(w));
            writer.WriteStrings("playbook", Playbook.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
            WriteLimits(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    });

    /// <summary>Where a fault can be shown beside what was typed.</summary>
    public IEnumerable<string> Fields() =>
    [
        "playbook",
        .. TrackFields.Limits.Select(name => $"limits.{name}"),
        .. FreezeWindows.SelectMany((_, i) => TrackFields.Freeze.Select(name => $"limits.freezeWindows[{i}].{name}")),
        .. Objectives.SelectMany((_, i) => TrackFields.Objective.Select(name => $"objectives[{i}].{name}")),
    ];

    internal static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private void WriteKept(Utf8JsonWriter json)
    {
        json.WriteString("key", track.Key.Wire());
        json.WriteString("name", track.Name);
        json.WriteBoolean("optIn", track.OptIn);
        TrackJson.WriteDisclosure(json, track.Disclosure);
        json.WriteNumber("cohortPercent", track.CohortPercent);
    }

    private void WriteLimits(Utf8JsonWriter json)
    {
        json.WriteStartObject("limits");
        json.WriteTyped("soakTime", SoakTime);
        json.WriteTypedNumber("soakVolume", SoakVolume);
        json.WriteTyped("rollbackCooldown", RollbackCooldown);
        json.WriteTypedNumber("maxStepPercent", MaxStepPercent);
        json.WriteArray("freezeWindows", FreezeWindows, (writer, window) => window.Write(writer));
        json.WriteEndObject();
    }
}
