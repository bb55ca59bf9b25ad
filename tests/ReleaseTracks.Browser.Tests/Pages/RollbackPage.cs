using Microsoft.Playwright;
using ReleaseTracks.Browser.Tests.Harness;

namespace ReleaseTracks.Browser.Tests.Pages;

/// <summary>The story of one rollback as its reader finds things in it.</summary>
public sealed class RollbackPage(Tab tab)
{
    public ILocator Title => tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    public ILocator Story => tab.Page.GetByRole(AriaRole.Region, new() { Name = "What happened" });

    public ILocator Evidence => tab.Page.GetByRole(AriaRole.Region, new() { Name = "Evidence", Exact = true });

    public ILocator Playbook => tab.Page.GetByRole(AriaRole.Region, new() { Name = "Playbook" });

    public ILocator Return => tab.Page.GetByRole(AriaRole.Region, new() { Name = "Bringing it back" });

    public ILocator Steps => Playbook.GetByRole(AriaRole.Checkbox);

    public ILocator Prepare => Return.GetByRole(AriaRole.Button, new() { Name = "Prepare the plan to bring it back" });
}
