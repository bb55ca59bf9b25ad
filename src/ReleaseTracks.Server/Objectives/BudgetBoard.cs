using System.Collections.Immutable;
using ReleaseTracks.Objectives;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Server.Objectives;

/// <summary>
/// The budgets as the last finished tick left them, for everybody who reads: HTTP, metrics and pages. If the control
/// loop stops, the rows turn to Error by themselves: an old verdict must not look like a fresh one.
/// </summary>
public sealed class BudgetBoard(TimeProvider time)
{
    private const int TicksUntilStale = 4;
    private volatile State state = new([], null, TimeSpan.FromSeconds(15), null);

    /// <summary>After every publication; handlers must be quick.</summary>
    public event Action? Changed;

    public void Publish(ImmutableArray<BudgetRow> rows, DateTimeOffset at, TimeSpan interval)
    {
        state = new(rows, at, interval, null);
        Changed?.Invoke();
    }

    /// <summary>The control loop could not measure at all, and why.</summary>
    public void Fault(string reason)
    {
        var before = state;
        if (before.Fault == reason)
            return;
        state = before with { Fault = reason };
        Changed?.Invoke();
    }

    /// <summary>When this server last finished a round; null if it has not, for example because another one leads.</summary>
    public DateTimeOffset? At => state.At;

    /// <summary>A round has finished, and not too long ago to go by.</summary>
    public bool IsCurrent => !IsOld(state) && state.At is not null;

    /// <summary>Why the last round did not finish; null when it did.</summary>
    public string? HeldUpBy => state.Fault;

    public ImmutableArray<BudgetRow> Rows()
    {
        var now = state;
        var (rows, fault) = (now.Rows, now.Fault);
        if (!IsOld(now))
            return rows;
        var reason = fault is null ? "The control loop has not finished a round for too long." : $"The control loop is held up: {fault}";
        // Failed stays Failed: what was proven is not undone by silence.
        return [.. rows.Select(row => row.Verdict == Verdict.Failed ? row : row with { Verdict = Verdict.Error, Reasons = [reason] })];
    }

    /// <summary>The worst verdict of a feature on a track; null where nothing is measured.</summary>
    public Verdict? VerdictOf(string? feature, TrackKey track) =>
        Rows().Where(row => row.Key.Feature == feature && row.Key.Track == track).Select(row => (Verdict?)row.Verdict).Max();

    private bool IsOld(State board) => board.At is { } last && time.GetUtcNow() - last > board.Interval * TicksUntilStale;

    private sealed record State(ImmutableArray<BudgetRow> Rows, DateTimeOffset? At, TimeSpan Interval, string? Fault);
}
