using System.Collections.Immutable;
using ReleaseTracks.Objectives;

namespace ReleaseTracks.Tracks;

/// <summary>What a fresh install starts with: three tracks with objectives that get stricter towards Stable.</summary>
public static class DefaultTracks
{
    public static ImmutableArray<Track> All { get; } =
    [
        new()
        {
            Key = TrackKey.Stable,
            Name = "Stable",
            Objectives =
            [
                Objective("availability", Indicator.Availability, 0.999, BreachAction.Observe),
                Objective("latency", Indicator.Latency, 0.99, BreachAction.Observe),
            ],
            Playbook = ["Look at what changed last in the ledger.", "Move the feature back or kill it."],
        },
        new()
        {
            Key = TrackKey.Innovative,
            Limits = TrackLimits.DefaultOf(TrackKey.Innovative),
            Name = "Innovative",
            Objectives = [Objective("availability", Indicator.Availability, 0.995, BreachAction.Pause)],
            Playbook = ["Widening is paused: read the evidence.", "Fix forward, or roll back by hand.", "Prepare the plan to go on."],
        },
        new()
        {
            Key = TrackKey.Ai,
            Limits = TrackLimits.DefaultOf(TrackKey.Ai),
            Name = "AI",
            OptIn = true,
            Disclosure = new(
                1,
                "On the AI track, features use AI models to rank, write or suggest things for you. Their answers can be "
                + "wrong. Each feature says what its AI does. You can leave the AI track at any time, in one click, and "
                + "you keep everything else.",
                null),
            Objectives =
            [
                Objective("availability", Indicator.Availability, 0.99, BreachAction.Rollback),
                Objective("quality", Indicator.Quality, 0.95, BreachAction.Rollback),
                Objective("harm", Indicator.Harm, 0.995, BreachAction.Rollback) with { TotalFrom = Indicator.Availability },
            ],
            Playbook =
            [
                "Users are on the fallback: tell support and the feature's owner.",
                "Read the evidence: which objective, since when, control group.",
                "Find the cause in the AI backend: model version, prompt, data, quota.",
                "Prepare the plan that clears the rollback, and have it approved.",
            ],
        },
    ];

    private static Objective Objective(string id, Indicator indicator, double target, BreachAction onBreach) =>
        new() { Id = id, Indicator = indicator, Target = target, OnBreach = onBreach };
}
