namespace ReleaseTracks.Server.Prometheus;

/// <summary>Prometheus could not be read, in words for a person. Never leaves this folder.</summary>
internal sealed class PrometheusFaultException(string reason, bool partial = false) : Exception(reason)
{
    public bool Partial { get; } = partial;
}
