using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Me;

/// <summary>One feature as the person has it, or why not.</summary>
public sealed record MeFeature(string Key, string Name, bool Ai, bool Has, string Why, Disclosure? Disclosure);

/// <summary>One choice of the past.</summary>
public sealed record MeChoice(DateTimeOffset At, TrackKey From, TrackKey To, int? DisclosureVersion, string By);

/// <summary>What the page says to one person; pure, so that every sentence can be tested.</summary>
public sealed record MeView(Enrollment Enrollment, Disclosure? Disclosure, string? Hindrance, ImmutableArray<MeFeature> Features, ImmutableArray<MeChoice> Choices)
{
    public bool IsOn => Enrollment.Track == TrackKey.Ai;

    /// <summary>They agreed to another text than the present one, and should know.</summary>
    public bool IsNewText => IsOn && Disclosure is { } now && Enrollment.DisclosureVersion != now.Version;

    public IEnumerable<MeFeature> AiFeatures => Features.Where(feature => feature.Ai);

    public IEnumerable<MeFeature> Others => Features.Where(feature => !feature.Ai && feature.Has);

    public static MeView Of(Snapshot state, string user, Enrollment stored, string? organisation, IEnumerable<byte[]> receipts)
    {
        var effective = EnrollmentRules.Effective(state, user, stored, organisation);
        return new(
            effective,
            state.Tracks.GetValueOrDefault(TrackKey.Ai)?.Config.Disclosure,
            Hinders(state, stored, effective, organisation),
            [.. state.Served.Select(feature => Tell(state, feature, user, stored, organisation)).OrderByDescending(feature => feature.Has).ThenBy(feature => feature.Name, StringComparer.Ordinal)],
            [.. receipts.Select(Read).OfType<MeChoice>().Reverse()]);
    }

    /// <summary>What keeps somebody from turning AI mode on; null when nothing does.</summary>
    private static string? Hinders(Snapshot state, Enrollment stored, Enrollment effective, string? organisation)
    {
        var track = state.Tracks.GetValueOrDefault(TrackKey.Ai);
        var ceiling = state.Ceiling(organisation ?? stored.Organisation);
        return effective.Track == TrackKey.Ai ? null
            : ceiling < TrackKey.Ai ? "Your organisation has decided not to offer AI mode. Ask its administrator if you would like it."
            : track?.ClosedBy is not null ? "AI mode takes nobody new at the moment: something in it did not work well enough, and we are looking into it."
            : track?.Config.Disclosure is null ? "AI mode is not offered yet." : null;
    }

    private static MeFeature Tell(Snapshot state, FeatureModel feature, string user, Enrollment stored, string? organisation)
    {
        var explanation = Explain.Of(state, feature, user, stored, organisation);
        var has = !explanation.Result.IsFallback;
        return new(feature.Config.Key, feature.Config.Name, feature.Config.Ai, has, Why(feature, explanation), feature.Config.Disclosure);
    }

    private static string Why(FeatureModel feature, Explanation explanation)
    {
        var track = explanation.Enrollment.Track;
        var served = feature.Served(track);
        var share = Show.Weight(Math.Round(served.Ranges.Where(range => !range.Result.IsFallback).Sum(range => range.To - range.From), 2));
        return explanation.Result switch
        {
            { Cause: Cause.Killed } => "Switched off for everybody at the moment.",
            { Cause: Cause.RolledBack } => "Switched back to the plain version: it did not work well enough. You get the version without it until it is fixed.",
            { IsFallback: false } when served.Ranges.Length > 1 => $"You have it: it is being tried with {share} of the people on the {served.From?.Label()} track, chosen by lot, and you are among them.",
            { IsFallback: false } when served.From == TrackKey.Stable => "You have it, as everybody does.",
            { IsFallback: false } => $"You have it, because you are on the {track.Label()} track.",
            { Cause: Cause.Released } when served.Exposes => $"Not yet: it is being tried with {share} of the people on the {served.From?.Label()} track, chosen by lot, and you are not among them.",
            _ when track < TrackKey.Ai && feature.IsRolledBack(TrackKey.Ai) => "Nobody on AI mode has it at the moment: it did not work well enough and was switched back.",
            _ when track < TrackKey.Ai && feature.Exposes(TrackKey.Ai) => "You do not have it. It comes with AI mode.",
            _ => "You do not have it: it is not released yet.",
        };
    }

    private static MeChoice? Read(byte[] receipt)
    {
        using var document = JsonDocument.Parse(receipt);
        var input = new JsonInput(document.RootElement, "", new());
        return Json.TryParseTime(input.Member("at").OptionalString(40) ?? "", out var at)
            && TrackKeys.TryParse(input.Member("from").OptionalString(63), out var from) && TrackKeys.TryParse(input.Member("track").OptionalString(63), out var to)
            ? new(at, from, to, (int?)input.Member("disclosureVersion").Whole(), input.Member("source").OptionalString(63) ?? "")
            : null;
    }
}
