using System.Text.Json;
using ReleaseTracks.Ledger;
using ReleaseTracks.Snapshots;

namespace ReleaseTracks.Server.Ledger;

/// <summary>What somebody wants to append; the ledger gives it its number, id and time.</summary>
public sealed record EntryDraft(string Type, JsonElement Data);

/// <summary>The state after an append, and the entry that made it; no entry if there was nothing to append.</summary>
public sealed record Appended(Snapshot Snapshot, LedgerEntry? Entry);

/// <summary>The ledger takes no entries now; <see cref="Exception.Message"/> says why and what to do.</summary>
public sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
