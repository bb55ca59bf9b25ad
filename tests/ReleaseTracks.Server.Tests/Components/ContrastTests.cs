using System.Globalization;
using System.Text.RegularExpressions;

namespace ReleaseTracks.Server.Tests.Components;

/// <summary>WCAG 2.2, 1.4.3 and 1.4.11: text 4.5 to 1, meaningful shapes 3 to 1, in both themes.</summary>
public sealed class ContrastTests
{
    [Theory]
    [InlineData("healthy", "healthy-soft", 4.5)]
    [InlineData("inconclusive", "inconclusive-soft", 4.5)]
    [InlineData("on-error", "error", 4.5)]
    [InlineData("on-failed", "failed", 4.5)]
    [InlineData("on-action", "action", 4.5)]
    [InlineData("neutral", "sunken", 4.5)]
    [InlineData("good", "bar", 3)]
    [InlineData("weight", "bar", 3)]
    public void Token_OnItsGround_CanBeRead(string ink, string ground, double atLeast)
    {
        foreach (var theme in Themes())
            Assert.True(Contrast(theme[ink], theme[ground]) >= atLeast, $"{ink} {theme[ink]} on {ground} {theme[ground]}: {Contrast(theme[ink], theme[ground]):0.00}");
    }

    private static IEnumerable<Dictionary<string, string>> Themes() =>
        Regex.Matches(File.ReadAllText(StyleSheet()), @":root[^{]*\{([^}]*)\}").Take(2).Select(block =>
            Regex.Matches(block.Groups[1].Value, "--rt-([a-z-]+): (#[0-9a-f]{6});").ToDictionary(token => token.Groups[1].Value, token => token.Groups[2].Value));

    private static string StyleSheet()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ReleaseTracks.sln")))
            folder = folder.Parent;
        return Path.Combine(folder.FullName, "src", "ReleaseTracks.Server", "wwwroot", "app.css");
    }

    private static double Contrast(string one, string other)
    {
        var (a, b) = (Luminance(one), Luminance(other));
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Luminance(string colour)
    {
        var parts = Enumerable.Range(0, 3).Select(i => int.Parse(colour.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255d)
            .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)).ToArray();
        return (0.2126 * parts[0]) + (0.7152 * parts[1]) + (0.0722 * parts[2]);
    }
}
