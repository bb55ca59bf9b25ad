using Microsoft.AspNetCore.Components;
using ReleaseTracks.Plans;
using ReleaseTracks.Server.Access;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Tracks.Editing;

/// <summary>A form that ends in a plan. It has no way to change a track, and keeps what was typed until one is proposed.</summary>
public sealed partial class TrackEditor
{
    private TrackDraft draft = null!;
    private FieldFaults faults = FieldFaults.None;
    private IReadOnlyList<Change>? changes;
    private bool proposed;
    private ElementReference title;
    private ElementReference addObjective;
    private ElementReference addWindow;

    [Parameter, EditorRequired]
    public TrackModel Track { get; set; } = null!;

    [Parameter, EditorRequired]
    public EventCallback OnClosed { get; set; }

    protected override void OnInitialized() => Begin();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await title.FocusAsync();
    }

    private void Begin() => (draft, faults) = (new(Track), FieldFaults.None);

    private Task LookAsync() => RunAsync(Policies.Propose, async actor =>
    {
        var errors = new InputErrors();
        var plan = await Plans.PreviewAsync(draft.Body(), actor, errors);
        (faults, changes) = (FieldFaults.Of(errors, draft.Fields()), plan?.Changes);
        return faults.Fields.Count > 0
            ? [$"{faults.Fields.Count} {(faults.Fields.Count == 1 ? "field needs" : "fields need")} a correction: {string.Join("; ", faults.Fields)}.", .. faults.Others]
            : faults.Others;
    });

    private static async Task RemoveAsync<T>(List<T> from, T gone, ElementReference next)
    {
        from.Remove(gone);
        // The button that was pressed goes away, and the focus must not go with it.
        await next.FocusAsync();
    }

    private Task CloseAsync()
    {
        changes = null;
        return proposed ? OnClosed.InvokeAsync() : Task.CompletedTask;
    }
}
