namespace ReleaseTracks.Server.Streams;

/// <summary>
/// What happened within the life of a ticket, so that a change between an answer and the opening of its stream is not
/// lost. Where it is not known, it may have changed: the price is one refetch.
/// </summary>
public sealed class RecentChanges(long startedMinute)
{
    private const int MostUsers = 100_000;
    private readonly Dictionary<UInt128, long> enrolled = [];
    private long served;
    private long doubtMinute = startedMinute;
    private long prunedMinute = startedMinute;

    /// <summary>What users are served changed with this revision.</summary>
    public void Served(long revision) => served = revision;

    /// <summary>Until this minute changes may have been missed.</summary>
    public void Doubt(long minute) => doubtMinute = minute;

    public void Enrolled(UInt128 user, long minute)
    {
        if (enrolled.Count >= MostUsers)
        {
            enrolled.Clear();
            Doubt(minute);
        }

        enrolled[user] = minute;
        Prune(minute);
    }

    public bool MayHaveChanged(StreamTicket ticket) =>
        ticket.Revision < served || ticket.Minute <= doubtMinute
        || (enrolled.TryGetValue(ticket.User, out var minute) && minute >= ticket.Minute);

    private void Prune(long minute)
    {
        if (minute <= prunedMinute)
            return;
        prunedMinute = minute;
        foreach (var (user, _) in enrolled.Where(one => one.Value < minute - StreamTickets.LifetimeMinutes).ToArray())
            enrolled.Remove(user);
    }
}
