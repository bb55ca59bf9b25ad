using Microsoft.AspNetCore.Components;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Access.Pages;

/// <summary>
/// A part of the page that changes who may do what. Each press asks again who is there, goes through the service that
/// HTTP goes through, and is said to have failed where it was made.
/// </summary>
public abstract class AccessSection : ComponentBase
{
    private bool busy;

    [Parameter, EditorRequired]
    public DateTimeOffset Now { get; set; }

    [Inject]
    private PageCaller Caller { get; set; } = null!;

    protected string Fault { get; private set; } = "";

    /// <summary>What is typed before the page is connected would be lost.</summary>
    protected bool NotYet => !RendererInfo.IsInteractive;

    protected bool Disabled => busy || NotYet;

    /// <param name="act">Answers with what went wrong; null when it worked.</param>
    protected async Task RunAsync(Func<Actor, Task<string?>> act)
    {
        // Two quick presses are one.
        if (busy)
            return;
        (busy, Fault) = (true, "");
        try
        {
            Fault = await Caller.ForAsync(Policies.Administer) is { } actor
                ? await act(actor) ?? ""
                : "You are not signed in any more, or your role was taken away.";
        }
        catch (LedgerUnavailableException refused)
        {
            Fault = refused.Message;
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            Fault = "The store does not answer: look again before you try once more.";
        }
        finally
        {
            busy = false;
        }
    }
}
