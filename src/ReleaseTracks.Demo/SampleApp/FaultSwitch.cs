namespace ReleaseTracks.Demo.SampleApp;

/// <summary>What goes wrong in the AI backend.</summary>
internal enum FaultKind
{
    /// <summary>The ranking model has no capacity left: it stalls, then throws.</summary>
    Errors,

    /// <summary>The ranking model answers, but far too late.</summary>
    Slow,

    /// <summary>The summary model makes things up: every answer arrives in time and is wrong.</summary>
    Harm,
}

/// <summary>Turns the fault of the AI backend on. Nothing but the backend looks at it.</summary>
internal sealed class FaultSwitch
{
    private volatile object? active;

    public FaultKind? Active => (FaultKind?)active;

    public void TurnOn(FaultKind kind) => active = kind;

    public void TurnOff() => active = null;
}
