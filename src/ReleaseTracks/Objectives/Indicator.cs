namespace ReleaseTracks.Objectives;

/// <summary>What an outcome says something about.</summary>
public enum Indicator
{
    Availability,
    Latency,
    Quality,
    Harm,
}

public static class Indicators
{
    public static IReadOnlyList<Indicator> All { get; } = Enum.GetValues<Indicator>();

    public static string Wire(this Indicator indicator) => indicator switch
    {
        Indicator.Availability => "availability",
        Indicator.Latency => "latency",
        Indicator.Quality => "quality",
        Indicator.Harm => "harm",
        _ => throw new ArgumentOutOfRangeException(nameof(indicator), indicator, "Not an indicator."),
    };

    public static bool TryParse(string? text, out Indicator indicator)
    {
        (var found, indicator) = text switch
        {
            "availability" => (true, Indicator.Availability),
            "latency" => (true, Indicator.Latency),
            "quality" => (true, Indicator.Quality),
            "harm" => (true, Indicator.Harm),
            _ => (false, Indicator.Availability),
        };
        return found;
    }
}
