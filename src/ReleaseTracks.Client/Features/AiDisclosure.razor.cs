using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Client.Evaluation;
using ReleaseTracks.Client.Snapshots;
using ReleaseTracks.Client.Tracks;
using ReleaseTracks.Evaluation;

namespace ReleaseTracks.Client.Features;

/// <summary>
/// <c>&lt;AiDisclosure Feature="smart-replies" /&gt;</c>: a label and a popover that say what the AI does, where the user is
/// served an AI variant, and nothing elsewhere; a rollback takes it away at once. Needs no script. For the default look
/// link <c>_content/ReleaseTracks.Client/ai-disclosure.css</c>.
/// </summary>
public sealed partial class AiDisclosure : ComponentBase, IDisposable
{
    private DisclosureView? view;
    private Result? shown;

    /// <summary>Key of the feature.</summary>
    [Parameter]
    [EditorRequired]
    public string Feature { get; set; } = "";

    /// <summary>The user; default the one of the app's <c>ITargetingContextAccessor</c>, which in a Blazor Server app must not depend on the request.</summary>
    [Parameter]
    public string? User { get; set; }

    /// <summary>Text on the button; default as in <see cref="ReleaseTracksOptions.DisclosureWords"/>.</summary>
    [Parameter]
    public string? Label { get; set; }

    /// <summary>Heading of the popover; default as in <see cref="ReleaseTracksOptions.DisclosureWords"/>.</summary>
    [Parameter]
    public string? Heading { get; set; }

    /// <summary>Takes the place of the server's text, such as a translation.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    [Inject]
    private ITrackEvaluator Evaluator { get; set; } = null!;

    [Inject]
    private ITargetingContextAccessor Targeting { get; set; } = null!;

    [Inject]
    private SnapshotState Snapshots { get; set; } = null!;

    [Inject]
    private IOptions<ReleaseTracksOptions> Options { get; set; } = null!;

    /// <summary>Stops listening for changes.</summary>
    public void Dispose() => Snapshots.Published -= OnPublished;

    /// <inheritdoc />
    protected override void OnInitialized() => Snapshots.Published += OnPublished;

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        shown = null;
        await RefreshAsync();
    }

    private void OnPublished(ClientSnapshot snapshot) => _ = InvokeAsync(async () =>
    {
        await RefreshAsync();
        StateHasChanged();
    });

    private async Task RefreshAsync()
    {
        var caller = User is not null ? new(User, null) : Targeting is TrackTargeting own ? await own.WhoAsync() : default(Caller);
        var served = await Evaluator.EvaluateAsync(Feature, caller.User, caller.Organisation);
        // The same popover stays: a new id would close it under the reader's eyes.
        if (shown is not null && served?.Variant?.Name == shown.Variant?.Name && served?.Feature.Disclosure == shown.Feature.Disclosure)
            return;
        (shown, view) = (served, DisclosureView.Of(served, Options.Value, Label, Heading));
    }
}
