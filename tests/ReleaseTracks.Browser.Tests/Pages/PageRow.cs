namespace ReleaseTracks.Browser.Tests.Pages;

/// <summary>One page in one state: where it is, and the words by which it is there.</summary>
/// <param name="Name">Of the test and of its pictures.</param>
/// <param name="Template">The route it is of.</param>
/// <param name="Path">With the names of <see cref="PagesFixture"/> in braces.</param>
/// <param name="Ready">Seen once the page is complete.</param>
public sealed record PageRow(string Name, string Template, string Path, string Ready)
{
    public static IReadOnlyList<PageRow> All { get; } =
    [
        new("board", "/", "/", "Feed ranking"),
        new("board-none", "/", "/?q=nothing-is-called-this", "Nothing here matches."),
        new("feature", "/features/{Key}", "/features/smart-replies?track=ai&objective=availability", "It answered my mother"),
        new("feature-none", "/features/{Key}", "/features/nothing", "There is no such feature"),
        new("budgets", "/budgets", "/budgets", "Smart replies"),
        new("budgets-filtered", "/budgets", "/budgets?verdict=error&q=drafts", "Drafts"),
        new("budgets-none", "/budgets", "/budgets?q=nothing-is-called-this", "No budget matches"),
        new("wall", "/budgets", "/budgets?wall=1", "Smart replies"),
        new("rollbacks", "/rollbacks", "/rollbacks", "Smart replies was rolled back on AI"),
        new("rollback", "/rollbacks/{Id}", "/rollbacks/{rollback}", "is proof"),
        new("plans", "/plans", "/plans", "More of the feed ranking"),
        new("plans-ended", "/plans", "/plans?show=ended", "None of these"),
        new("plan", "/plans/{Id}", "/plans/{plan}", "Raises exposure"),
        new("plan-applied", "/plans/{Id}", "/plans/{applied}", "what is served is what was approved"),
        new("map", "/map", "/map", "Replay"),
        new("map-past", "/map", "/map?at=20&feature=feed-ranking", "Back to now"),
        new("tracks", "/tracks", "/tracks", "What users agree to"),
        new("track-edit", "/tracks", "/tracks?edit=ai", "Objectives and budget policy"),
        new("ledger", "/ledger", "/ledger", "The ledger holds."),
        new("ledger-entry", "/ledger", "/ledger?entry={entry}", "lines unchanged"),
        new("ledger-none", "/ledger", "/ledger?q=nothing-is-called-this", "No entry matches"),
        new("access", "/access", "/access", "Keys of products"),
        new("alerts", "/alerts", "/alerts", "Nobody is told yet"),
        new("me-on", "/me", "{me-on}", "AI mode is on"),
        new("me-off", "/me", "{me-off}", "AI mode is off"),
        new("me-late", "/me", "/me?user=ada&ticket=gone", "This page has been open for too long"),
        new("sign-in", "/sign-in", "/sign-in", "Open the one-time link"),
        new("no-permission", "/no-permission", "/no-permission", "Your roles do not allow this"),
        new("not-found", "/not-found", "/nothing-here", "There is no such page"),
        new("fault", "/fault", "/fault", "Something went wrong"),
    ];

    /// <summary>Seen by somebody who is nobody, or an answer that the browser writes to its console, and rightly so.</summary>
    public bool IsAlone => Name is "sign-in" or "me-late" or "not-found" or "fault";
}
