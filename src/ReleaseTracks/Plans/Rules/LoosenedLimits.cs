using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>Limits of a track that would hold back less.</summary>
internal static class LoosenedLimits
{
    public static IEnumerable<string> Find(TrackLimits was, TrackLimits now)
    {
        if (now.SoakTime < was.SoakTime)
            yield return $"soakTime falls from {Durations.Format(was.SoakTime)} to {Durations.Format(now.SoakTime)}.";
        if (now.SoakVolume < was.SoakVolume)
            yield return string.Create(CultureInfo.InvariantCulture, $"soakVolume falls from {was.SoakVolume} to {now.SoakVolume}.");
        if (now.RollbackCooldown < was.RollbackCooldown)
            yield return $"rollbackCooldown falls from {Durations.Format(was.RollbackCooldown)} to {Durations.Format(now.RollbackCooldown)}.";
        if (now.MaxStepPercent > was.MaxStepPercent)
            yield return string.Create(CultureInfo.InvariantCulture, $"maxStepPercent rises from {was.MaxStepPercent:0.##} to {now.MaxStepPercent:0.##}.");
        foreach (var window in was.FreezeWindows.Where(window => !now.FreezeWindows.Any(other => other.Covers(window))))
            yield return $"the freeze window {window} is removed or shortened.";
    }
}
