using System.Globalization;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>What was rolled back stays so for a while: the second try is made after the cause was looked for.</summary>
internal sealed class RollbackCooldownRule : IPlanRule
{
    public string Name => "rollback-cooldown";

    public RuleResult Check(RuleInputs inputs) => this.DenyAny(
        Lifted.Of(inputs.Before, inputs.After).Select(lifted => TooSoon(inputs, lifted)).OfType<string>(), "Nothing is cleared that was rolled back a moment ago.");

    private static string? TooSoon(RuleInputs inputs, LiftedRollback lifted)
    {
        var cooldown = inputs.LimitsOf(lifted.Track).RollbackCooldown;
        if (inputs.Before.Rollbacks.Find(lifted.Rollback) is not { } rollback || inputs.Live.Now - rollback.At >= cooldown)
            return null;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{lifted.What} was rolled back on {lifted.Track.Wire()} at {rollback.At:u}; it may be cleared after {Durations.Format(cooldown)}, at {rollback.At + cooldown:u}.");
    }
}

/// <summary>Nothing widens on a track in its freeze windows. Taking things back is always possible.</summary>
internal sealed class FreezeWindowRule : IPlanRule
{
    public string Name => "freeze-window";

    public RuleResult Check(RuleInputs inputs)
    {
        var tracks = inputs.WidenedTracks.ToHashSet();
        return this.DenyAny(
            inputs.Live.Freezes.Where(freeze => tracks.Contains(freeze.Track)).Select(freeze => string.Create(
                CultureInfo.InvariantCulture, $"The {freeze.Track.Wire()} track is frozen until {freeze.Until:u} ({freeze.Window}).")),
            "No freeze window is open.");
    }
}
