namespace ReleaseTracks.Server.Components;

/// <summary>Every link between pages comes from here; a page that moves is changed in one place.</summary>
public static class Urls
{
    public const string Board = "/";
    public const string Budgets = "/budgets";
    public const string Wall = "/budgets?wall=1";
    public const string Rollbacks = "/rollbacks";
    public const string Plans = "/plans";
    public const string Map = "/map";
    public const string Tracks = "/tracks";
    public const string Ledger = "/ledger";
    public const string Alerts = "/alerts";
    public const string Access = "/access";
    public const string Me = "/me";
    public const string SignIn = "/sign-in";
    public const string SignInWithProvider = "/sign-in/oidc";
    public const string SignOut = "/sign-out";
    public const string SignOutEverywhere = SignOut + "?everywhere";
    public const string Forbidden = "/no-permission";
    public const string NotFound = "/not-found";
    public const string Fault = "/fault";

    public static string Feature(string key) => $"/features/{key}";

    public static string Rollback(string id) => $"{Rollbacks}/{Uri.EscapeDataString(id)}";

    /// <summary>The tracks with one of them open for a change by plan.</summary>
    public static string TrackEdit(string key) => $"{Tracks}?edit={key}";

    public static string Plan(string id) => $"{Plans}/{Uri.EscapeDataString(id)}";

    /// <summary>A user's own page, opened with a ticket.</summary>
    public static string MeFor(string user, string? organisation, string ticket) =>
        $"{Me}?user={Uri.EscapeDataString(user)}{(organisation is null ? "" : $"&organisation={Uri.EscapeDataString(organisation)}")}&ticket={ticket}";

    public static string MeAfter(string user, string? organisation, string? ticket, string outcome) =>
        ticket is null ? $"{Me}?done={outcome}" : $"{MeFor(user, organisation, ticket)}&done={outcome}";

    /// <summary>The ledger with one entry opened.</summary>
    public static string LedgerEntry(long seq) => $"{Ledger}?entry={seq}";

    public static string FeatureAnchor(string key) => "feature-" + key;

    /// <summary>Signing in, and then to where somebody wanted to go.</summary>
    public static string SignInFor(string wanted) =>
        wanted == Board || !IsLocal(wanted) ? SignIn : $"{SignIn}?returnUrl={Uri.EscapeDataString(wanted)}";

    /// <summary>An address on this server and nowhere else. Browsers take <c>//host</c> and <c>/\host</c> for another one.</summary>
    public static bool IsLocal(string? address) =>
        address is ['/', ..] && !(address.Length > 1 && address[1] is '/' or '\\') && !address.Any(char.IsControl);
}
