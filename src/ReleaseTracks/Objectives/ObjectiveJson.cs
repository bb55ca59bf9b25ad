using System.Collections.Immutable;
using System.Text.Json;
using ReleaseTracks.Features;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Objectives;

/// <summary>Reads and writes objectives.</summary>
public static class ObjectiveJson
{
    private const int PromQlLength = 4000;
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(90);

    public static ImmutableArray<Objective> ReadAll(JsonInput input, int most)
    {
        var objectives = ImmutableArray.CreateBuilder<Objective>();
        foreach (var item in input.Items(most))
        {
            if (Read(item) is not { } objective)
                continue;
            if (objectives.Any(other => other.Id == objective.Id))
                item.Member("id").Fail("Given twice: each objective needs its own id.");
            objectives.Add(objective);
        }

        return objectives.ToImmutable();
    }

    internal static Objective? Read(JsonInput input)
    {
        if (!input.RequireObject(
            "id", "indicator", "target", "window", "onBreach", "alpha", "margin", "sharedOutage", "minBudgetSpent", "totalFrom", "source"))
            return null;
        var indicator = ReadIndicator(input.Member("indicator"), required: true);
        return new()
        {
            Id = FeatureJson.ReadKey(input.Member("id")),
            Indicator = indicator ?? Indicator.Availability,
            Target = InRange(input.Member("target"), null, 0, 1, "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget."),
            Window = ReadWindow(input.Member("window")),
            OnBreach = ReadChoice<BreachAction>(input.Member("onBreach")),
            Alpha = InRange(input.Member("alpha"), 0.01, 0, 0.5, "Must be above 0 and below 0.5: the accepted probability of a false rollback in 30 days."),
            Margin = AtLeast(input.Member("margin"), 1, 1, 100),
            SharedOutage = ReadChoice<SharedOutageAction>(input.Member("sharedOutage")) ?? SharedOutageAction.Hold,
            MinBudgetSpent = AtLeast(input.Member("minBudgetSpent"), 0, 0, 1),
            TotalFrom = ReadIndicator(input.Member("totalFrom"), required: false) ?? (indicator == Indicator.Harm ? Indicator.Availability : null),
            Source = ReadSource(input.Member("source")),
        };
    }

    private static Indicator? ReadIndicator(JsonInput input, bool required)
    {
        var text = required ? input.RequiredString(63) : input.OptionalString(63);
        if (text is null or { Length: 0 })
            return null;
        if (Indicators.TryParse(text, out var indicator))
            return indicator;
        input.Fail("Unknown indicator; choose availability, latency, quality or harm.");
        return null;
    }

    private static T? ReadChoice<T>(JsonInput input)
        where T : struct, Enum
    {
        var text = input.OptionalString(63);
        if (text is null)
            return null;
        foreach (var value in Enum.GetValues<T>())
        {
            if (text == Wire(value))
                return value;
        }

        input.Fail($"Choose one of {string.Join(", ", Enum.GetValues<T>().Select(Wire))}.");
        return null;
    }

    internal static string Wire<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static double InRange(JsonInput input, double? missing, double above, double below, string message)
    {
        var number = input.Number();
        if (number is null && input.IsMissing && missing is { } stand)
            return stand;
        if (number is { } given && given > above && given < below)
            return given;
        if (number is not null || input.IsMissing)
            input.Fail(message);
        return missing ?? 0.5;
    }

    private static double AtLeast(JsonInput input, double missing, double least, double most)
    {
        var number = input.Number() ?? missing;
        if (number < least || number > most)
            input.Fail(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
        return number;
    }

    private static TimeSpan ReadWindow(JsonInput input)
    {
        var text = input.OptionalString(20);
        if (text is null)
            return TimeSpan.FromDays(28);
        if (Durations.TryParse(text, out var window) && window >= ShortestWindow && window <= LongestWindow)
            return window;
        input.Fail("Must be a duration from 1h to 90d, such as 28d.");
        return TimeSpan.FromDays(28);
    }

    private static ObjectiveSource? ReadSource(JsonInput input)
    {
        if (input.IsMissing || !input.RequireObject("good", "bad", "total"))
            return null;
        var good = input.Member("good").OptionalString(PromQlLength);
        var bad = input.Member("bad").OptionalString(PromQlLength);
        if (good is null == bad is null)
            input.Fail("Give exactly one of good and bad, and total.");
        return new(good, bad, input.Member("total").RequiredString(PromQlLength));
    }

    public static void WriteAll(Utf8JsonWriter json, ImmutableArray<Objective> objectives)
    {
        json.WriteStartArray("objectives");
        foreach (var objective in objectives)
            Write(json, objective);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Objective objective)
    {
        json.WriteStartObject();
        json.WriteString("id", objective.Id);
        json.WriteString("indicator", objective.Indicator.Wire());
        json.WriteNumber("target", objective.Target);
        json.WriteString("window", Durations.Format(objective.Window));
        if (objective.OnBreach is { } onBreach)
            json.WriteString("onBreach", Wire(onBreach));
        json.WriteNumber("alpha", objective.Alpha);
        json.WriteNumber("margin", objective.Margin);
        json.WriteString("sharedOutage", Wire(objective.SharedOutage));
        json.WriteNumber("minBudgetSpent", objective.MinBudgetSpent);
        if (objective.TotalFrom is { } totalFrom)
            json.WriteString("totalFrom", totalFrom.Wire());
        if (objective.Source is { } source)
        {
            json.WriteStartObject("source");
            if (source.Good is not null)
                json.WriteString("good", source.Good);
            if (source.Bad is not null)
                json.WriteString("bad", source.Bad);
            json.WriteString("total", source.Total);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
