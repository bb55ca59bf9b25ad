using System.Globalization;
using Microsoft.AspNetCore.Components;
using ReleaseTracks.Ledger;
using ReleaseTracks.Server.Components;
using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Ledger.Reading;

/// <summary>The ledger to read: what happened, who did it, what it changed, and whether it can be trusted.</summary>
public sealed partial class LedgerPage
{
    private const int PageSize = 50;
    private const int MostExported = 10_000;
    private static readonly TimeSpan TypingPause = TimeSpan.FromMilliseconds(250);
    private static readonly (string Prefix, string Name)[] Kinds =
    [
        ("plan", "Plans"), ("rollback", "Rollbacks"), ("feature", "Features"), ("key", "Keys"), ("person", "People"), ("ledger", "The ledger itself"),
    ];

    private readonly TypedQuery typed = new();
    private Question asked = Question.None;
    private LedgerEntries found = new([], null);
    private bool searching = true;
    private string? fault;
    private CancellationTokenSource typing = new();

    [Inject]
    private LedgerReader Reader { get; set; } = null!;

    [Inject]
    private LedgerMirror Mirror { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "q")]
    private string? Query { get; set; }

    [SupplyParameterFromQuery(Name = "about")]
    private string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "before")]
    private long? Before { get; set; }

    [SupplyParameterFromQuery(Name = "entry")]
    private long? Entry { get; set; }

    private string Root => Mirror.Tree.Size == 0 ? "none yet" : Convert.ToBase64String(Mirror.Tree.Root());

    private string Export => string.Create(CultureInfo.InvariantCulture, $"/api/v1/ledger?from={Math.Max(1, State.Revision - MostExported + 1)}&limit={MostExported}");

    private string Newest => Navigation.GetUriWithQueryParameter("before", (long?)null);

    protected override void Dispose(bool disposing)
    {
        typing.Dispose();
        base.Dispose(disposing);
    }

    protected override Task OnParametersSetAsync()
    {
        typed.Arrive(Query ?? "");
        return base.OnParametersSetAsync();
    }

    /// <summary>The same question about the same ledger is not asked twice.</summary>
    protected override async Task<bool> ReadAsync()
    {
        var state = State;
        // An entry that is linked to from elsewhere opens among its neighbours.
        var before = Before;
        if (before is null && Query is null && Entry is { } wanted)
            before = found.Entries.Any(one => one.Seq == wanted) ? asked.Before : wanted + 1;
        var ask = new Question(Query, Kind, before, before is null ? state.Revision : Math.Min(state.Revision, before.Value));
        if (ask == asked)
            return false;
        (asked, searching) = (ask, true);
        var words = (Query ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            var page = await Reader.FindAsync(entry => IsAbout(entry) && EntryText.Matches(entry, words, state), before, PageSize, CancellationToken.None);
            // A slower answer to an older question must not replace a newer one.
            if (asked == ask)
                (found, fault) = (page, null);
        }
        catch (Exception lost) when (StoreFaults.IsUnavailable(lost))
        {
            (fault, asked) = ("The store does not answer. Evaluation goes on; this page tries again by itself.", Question.None);
        }
        finally
        {
            searching = false;
        }

        return true;
    }

    private bool IsAbout(LedgerEntry entry) => Kind is not { Length: > 0 } kind || entry.Type.StartsWith(kind + ".", StringComparison.Ordinal);

    private async Task SearchSoonAsync()
    {
        await typing.CancelAsync();
        typing.Dispose();
        typing = new();
        try
        {
            await Task.Delay(TypingPause, Time, typing.Token);
            Go(typed.Send(), Kind);
        }
        catch (OperationCanceledException)
        {
            // The next letter came.
        }
    }

    private void Go(string? words, string? kind) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
        {
            ["q"] = string.IsNullOrEmpty(words) ? null : words,
            ["about"] = string.IsNullOrEmpty(kind) ? null : kind,
            ["before"] = null,
            ["entry"] = null,
        }),
        replace: true);

    private string Older(long before) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { ["before"] = before, ["entry"] = null });

    private string Address(long? entry) => Navigation.GetUriWithQueryParameter("entry", entry);

    private sealed record Question(string? Query, string? Kind, long? Before, long Revision)
    {
        public static Question None { get; } = new(null, null, null, -1);
    }
}
