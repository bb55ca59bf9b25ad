using Microsoft.AspNetCore.Components;
using ReleaseTracks.Rollbacks;

namespace ReleaseTracks.Server.Rollbacks.Story;

/// <summary>One rollback as a story: what was seen, what it came to, what people did about it, and the way back.</summary>
public sealed partial class RollbackPage
{
    private RollbackRecord? rollback;
    private string headline = "";

    [Parameter]
    public string Id { get; set; } = "";

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override async Task OnParametersSetAsync()
    {
        await base.OnParametersSetAsync();
        if (rollback is null)
            Navigation.NotFound();
    }

    protected override void Read()
    {
        // A cleared one may leave the snapshot while somebody reads it; what is on the page stays.
        rollback = State.Rollbacks.Find(Id) ?? rollback;
        headline = rollback is null ? "" : RollbackText.Headline(rollback, State);
    }

    private string NameOf(string key) => State.Find(key)?.Config.Name ?? key;
}
