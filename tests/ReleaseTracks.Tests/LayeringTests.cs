using System.Reflection;

namespace ReleaseTracks.Tests;

/// <summary>The core is pure: it may use the base class library and nothing else.</summary>
public class LayeringTests
{
    private static readonly Assembly Core = Assembly.Load("ReleaseTracks");

    [Fact]
    public void Core_References_OnlyTheBaseClassLibrary()
    {
        var foreign = Core.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => !name.StartsWith("System.", StringComparison.Ordinal));

        Assert.Empty(foreign);
    }

    [Fact]
    public void Core_DoesNotReference_InputOutput()
    {
        string[] forbidden = ["System.Net.", "System.IO.FileSystem", "System.IO.Pipes", "System.Console", "System.Diagnostics.Process"];

        var found = Core.GetReferencedAssemblies()
            .Select(name => name.Name!)
            .Where(name => forbidden.Any(bad => name.StartsWith(bad, StringComparison.Ordinal)));

        Assert.Empty(found);
    }
}
