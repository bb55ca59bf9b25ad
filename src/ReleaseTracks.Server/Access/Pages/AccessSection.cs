using Microsoft.AspNetCore.Components;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Access.Pages;

/// <summary>A part of the page that changes who may do what.</summary>
public abstract class AccessSection : ActingComponent
{
    [Parameter, EditorRequired]
    public Snapshot State { get; set; } = null!;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    /// <param name="act">Answers with what went wrong; null when it worked.</param>
    protected Task RunAsync(Func<Actor, Task<string?>> act) =>
        RunAsync(Policies.Administer, async actor => await act(actor) is { } fault ? [fault] : []);
}
