using ReleaseTracks.Alerts;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Plans.Rules;

/// <summary>Alerts that somebody would no longer hear, and addresses that would newly hear them.</summary>
internal static class LoosenedAlerts
{
    public static IEnumerable<string> Find(Snapshot before, Snapshot after)
    {
        if (ReferenceEquals(before.Destinations, after.Destinations))
            yield break;
        foreach (var (key, now) in after.Destinations)
        {
            var was = before.Destinations.GetValueOrDefault(key);
            if (ReferenceEquals(was, now))
                continue;
            foreach (var reason in Find(was is { IsRemoved: false } ? was.Config : null, now.IsRemoved ? null : now.Config))
                yield return $"The destination {key}: {reason}";
        }
    }

    private static IEnumerable<string> Find(Destination? was, Destination? now)
    {
        if (now is null)
        {
            if (was is not null)
                yield return "no alerts go there any more.";
            yield break;
        }

        if (was is null)
        {
            yield return $"alerts newly go to {Address(now)}.";
            yield break;
        }

        if (was.Url != now.Url || was.Kind != now.Kind)
            yield return $"alerts go to {Address(now)} instead of {Address(was)}.";
        if (was.Secret != now.Secret)
            yield return $"it uses {(now.Secret is null ? "no secret" : $"the secret {now.Secret}")} instead of {was.Secret ?? "none"}.";
        foreach (var gone in was.Events.Except(now.Events))
            yield return $"it no longer hears of {gone.Wire()}.";
    }

    private static string Address(Destination destination) => $"the {destination.Kind.Wire()} at {Text.Shown(destination.Url)}";
}
