using System.Text.Json;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks.Editing;

/// <summary>A freeze window as it is being typed.</summary>
public sealed class FreezeDraft
{
    public FreezeDraft()
    {
    }

    public FreezeDraft(FreezeWindow window) => (Cron, Duration, TimeZone) = (window.Cron, Durations.Format(window.Duration), window.TimeZone);

    public string Cron { get; set; } = "";

    public string Duration { get; set; } = "";

    public string TimeZone { get; set; } = "UTC";

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteTyped("cron", Cron);
        json.WriteTyped("duration", Duration);
        json.WriteTyped("timeZone", TimeZone);
        json.WriteEndObject();
    }
}
