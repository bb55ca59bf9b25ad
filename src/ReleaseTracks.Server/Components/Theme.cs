using MudBlazor;

namespace ReleaseTracks.Server.Components;

/// <summary>
/// MudBlazor's variables, light and dark at once, told apart by the <c>data-theme</c> attribute that a script in the
/// head sets before the first paint. (Letting the circuit choose would show the wrong theme until it is connected.)
/// The colours of a status are in <c>app.css</c>, beside the contrast they were chosen for.
/// </summary>
public static class Theme
{
    private static readonly string[] Fonts =
        ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Cantarell", "Noto Sans", "Helvetica Neue", "Arial", "sans-serif"];

    public static MudTheme Light { get; } = Of(":root", new PaletteLight
    {
        Primary = "#3a4fd7",
        Background = "#f5f6f8",
        Surface = "#ffffff",
        AppbarBackground = "#ffffff",
        AppbarText = "#171a21",
        TextPrimary = "#171a21",
        TextSecondary = "#525a67",
        LinesDefault = "#dde1e7",
        Divider = "#dde1e7",
        Success = "#1a7f4b",
        Info = "#2462b3",
        Warning = "#9a5200",
        Error = "#b3261e",
    });

    public static MudTheme Dark { get; } = Of(":root[data-theme=dark]", paletteDark: new()
    {
        Primary = "#a3b0ff",
        Background = "#0e1115",
        Surface = "#171b21",
        AppbarBackground = "#12161b",
        AppbarText = "#e8ebf0",
        TextPrimary = "#e8ebf0",
        TextSecondary = "#a5aebb",
        LinesDefault = "#2c333d",
        Divider = "#2c333d",
        Success = "#6fd49b",
        Info = "#8fbcff",
        Warning = "#ffb454",
        Error = "#ff7b72",
    });

    private static MudTheme Of(string scope, PaletteLight? paletteLight = null, PaletteDark? paletteDark = null) => new()
    {
        PaletteLight = paletteLight ?? new(),
        PaletteDark = paletteDark ?? new(),
        PseudoCss = new() { Scope = scope },
        Typography = new() { Default = new DefaultTypography { FontFamily = Fonts } },
        LayoutProperties = new() { DefaultBorderRadius = "8px" },
    };
}
