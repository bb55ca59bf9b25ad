using ReleaseTracks.Server.Store;

namespace ReleaseTracks.Server.Rollbacks;

/// <summary>The lease this server believes to hold, for what only the leader does beside the control loop. The store has the last word.</summary>
public sealed class ControlLeader
{
    private volatile LeaseToken? held;

    public LeaseToken? Held
    {
        get => held;
        set => held = value;
    }
}
