using System.Collections.Immutable;
using Microsoft.AspNetCore.Components;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Features.Detail;

/// <summary>What one track serves of a feature, why, and sliders that lead to a plan.</summary>
public partial class TrackServing
{
    private Dictionary<string, double>? wanted;

    [Parameter, EditorRequired]
    public FeatureModel Feature { get; set; } = null!;

    [Parameter, EditorRequired]
    public TrackKey Track { get; set; }

    [Parameter, EditorRequired]
    public long? Users { get; set; }

    [Parameter, EditorRequired]
    public Verdict? Verdict { get; set; }

    [Parameter]
    public bool MayPropose { get; set; }

    [Parameter]
    public EventCallback<PlanWish> OnPropose { get; set; }

    private Serving Shown => Serving.Of(Feature, Track);

    private ImmutableArray<Share>? Own => Feature.Config.Releases.TryGetValue(Track, out var allocation) ? allocation : null;

    private double Rest => Math.Round(100 - wanted!.Values.Sum(), 6);

    private bool IsChanged => Own is not { } own || !Same(own, Allocation());

    private string Why => Shown.Cause switch
    {
        Cause.Killed => "The feature is killed on every track.",
        Cause.RolledBack => $"Rolled back on {Feature.Served(Track).From?.Label()}: the fallback, until a plan clears it.",
        Cause.NotReleased => "Nothing is released this far: the fallback.",
        _ when Feature.Served(Track).From is { } from && from != Track => $"It has no release of its own and inherits what {from.Label()} has.",
        _ => "By its own release.",
    };

    private void Begin() => wanted = Feature.Config.Variants.Where(variant => variant.Name != Feature.Config.Fallback)
        .ToDictionary(variant => variant.Name, variant => Own?.Where(share => share.Variant == variant.Name).Sum(share => share.Weight) ?? 0, StringComparer.Ordinal);

    /// <summary>As far as the others leave room: shares never sum to more than all.</summary>
    private double Room(string variant) => Math.Max(0, 100 - wanted!.Where(one => one.Key != variant).Sum(one => one.Value));

    private ImmutableArray<Share> Allocation()
    {
        var shares = wanted!.Where(one => one.Value > 0).Select(one => new Share(one.Key, one.Value));
        return Rest > 0 ? [.. shares, new(Feature.Config.Fallback, Rest)] : [.. shares];
    }

    private static bool Same(ImmutableArray<Share> a, ImmutableArray<Share> b) =>
        a.Where(share => share.Weight > 0).OrderBy(share => share.Variant, StringComparer.Ordinal)
            .SequenceEqual(b.Where(share => share.Weight > 0).OrderBy(share => share.Variant, StringComparer.Ordinal));

    private async Task LookAsync()
    {
        var share = Show.Weight(wanted!.Values.Sum());
        await OnPropose.InvokeAsync(new($"Serve {Feature.Config.Name} to {share} of {Track.Label()}", [new Change.ReleaseSet(Feature.Config.Key, Track, Allocation())]));
        wanted = null;
    }

    private async Task EndAsync()
    {
        await OnPropose.InvokeAsync(new($"End the release of {Feature.Config.Name} on {Track.Label()}", [new Change.ReleaseRemove(Feature.Config.Key, Track)]));
        wanted = null;
    }
}
