using Microsoft.AspNetCore.Components;
using ReleaseTracks.Access;
using ReleaseTracks.Server.Ledger;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Components;

/// <summary>
/// A part of a page that changes something. Each press asks again who is there, goes through the service that HTTP goes
/// through, and is said to have failed where it was made.
/// </summary>
public abstract class ActingComponent : ComponentBase
{
    private bool busy;

    [Inject]
    protected PageCaller Caller { get; set; } = null!;

    /// <summary>Why the last press did nothing.</summary>
    protected IReadOnlyList<string> Faults { get; private set; } = [];

    /// <summary>What is typed before the page is connected would be lost.</summary>
    protected bool NotYet => !RendererInfo.IsInteractive;

    protected bool Disabled => busy || NotYet;

    /// <param name="policy">What whoever presses must be allowed.</param>
    /// <param name="act">Answers with what went wrong; nothing when it worked.</param>
    protected async Task RunAsync(string policy, Func<Actor, Task<IEnumerable<string>>> act)
    {
        // Two quick presses are one.
        if (busy)
            return;
        (busy, Faults) = (true, []);
        try
        {
            Faults = await Caller.ForAsync(policy) is { } actor
                ? [.. await act(actor)]
                : ["You are not signed in any more, or your role was taken away."];
        }
        catch (LedgerUnavailableException refused)
        {
            Faults = [refused.Message];
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            Faults = ["The store does not answer, so it is not known whether that was done: look again before you try once more."];
        }
        finally
        {
            busy = false;
        }
    }
}
