using ReleaseTracks.Tracks;

namespace ReleaseTracks.Plans.Rules;

/// <summary>Where AI reaches somebody new, there is a text to show them, and the feature still says that it is AI.</summary>
internal sealed class DisclosureCurrentRule : IPlanRule
{
    public string Name => "disclosure-current";

    public RuleResult Check(RuleInputs inputs) => this.DenyAny(
        inputs.Raised.SelectMany(share => Missing(inputs, share)), "Whoever gets AI newly is told what it does.");

    private static IEnumerable<string> Missing(RuleInputs inputs, ExposureShare share)
    {
        var (was, now) = (inputs.Before.Find(share.Feature)?.Config, inputs.After.Find(share.Feature)!.Config);
        if (was is { Ai: true } && !now.Ai)
            yield return $"{share.Feature} would stop being declared as AI while it widens: do one at a time.";
        if (now is { Ai: true, Disclosure: null })
            yield return $"{share.Feature} uses AI and has no disclosure.";
        if (was?.Disclosure is { } old && now.Disclosure is { } current && !current.MayReplace(old))
            yield return $"{share.Feature} would show version {current.Version} of its disclosure, but users have seen version {old.Version}.";
        if (share.Track == TrackKey.Ai && inputs.After.Tracks.GetValueOrDefault(TrackKey.Ai)?.Config.Disclosure is null)
            yield return "The ai track has no disclosure to consent to.";
    }
}
