using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Server.Components;

namespace ReleaseTracks.Server.Features;

/// <summary>Which features somebody wants to see, as it stands in the address of a page.</summary>
/// <param name="Text">Every word must occur in the name, the key or the owner; empty shows all.</param>
/// <param name="Show">One of <see cref="Choices"/>; anything else shows all.</param>
public sealed record FeatureFilter(string Text, string Show)
{
    public const string Ai = "ai";
    public const string Attention = "attention";
    public const string Held = "held";

    /// <summary>What can stand in the address, and what people read.</summary>
    public static IReadOnlyList<(string Value, string Label)> Choices { get; } =
        [("", "All"), (Ai, "AI only"), (Attention, "Needs attention"), (Held, "Rolled back or killed")];

    public static FeatureFilter Of(string? text, string? show) => new((text ?? "").Trim(), Choices.Any(choice => choice.Value == show) ? show! : "");

    public bool IsOn => Text.Length > 0 || Show.Length > 0;

    public bool Matches(FeatureModel feature, Func<Verdict?> worst) => Found(feature.Config) && Show switch
    {
        Ai => feature.Config.Ai,
        Held => IsHeld(feature),
        Attention => IsHeld(feature) || StatusMapper.Of(worst()).IsLoud,
        _ => true,
    };

    private bool Found(Feature feature) => Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word =>
        feature.Name.Contains(word, StringComparison.OrdinalIgnoreCase)
        || feature.Key.Contains(word, StringComparison.OrdinalIgnoreCase)
        || feature.Owner.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static bool IsHeld(FeatureModel feature) => feature.Switches.Killed || !feature.Switches.RolledBack.IsEmpty;
}
