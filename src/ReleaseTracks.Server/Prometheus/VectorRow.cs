namespace ReleaseTracks.Server.Prometheus;

/// <summary>One sample of an instant vector. The parser reuses it: copy what you keep. A missing label is null.</summary>
internal sealed class VectorRow
{
    public string? Feature { get; private set; }

    public string? Track { get; private set; }

    public string? Variant { get; private set; }

    public string? Indicator { get; private set; }

    public string? Outcome { get; private set; }

    public string? Instance { get; private set; }

    public string? Kind { get; private set; }

    public double Value { get; set; }

    public void Clear()
    {
        Feature = Track = Variant = Indicator = Outcome = Instance = Kind = null;
        Value = double.NaN;
    }

    /// <summary>Labels we do not know are of no concern.</summary>
    public void Set(string label, string value)
    {
        switch (label)
        {
            case "feature": Feature = value; break;
            case "track": Track = value; break;
            case "variant": Variant = value; break;
            case "indicator": Indicator = value; break;
            case "outcome": Outcome = value; break;
            case "instance": Instance = value; break;
            case PrometheusQueries.Kind: Kind = value; break;
        }
    }
}
