namespace ReleaseTracks.Plans.Rules;

public enum RuleOutcome
{
    Pass,

    /// <summary>Somebody has to approve.</summary>
    Approval,
    Deny,
}

/// <summary>What one rule says about one plan, in words for whoever reads the plan.</summary>
public sealed record RuleResult(string Rule, RuleOutcome Outcome, string Detail);

/// <summary>
/// One reason not to widen. A rule is only asked about plans that raise exposure or loosen something, so none can stand
/// in the way of lowering.
/// </summary>
public interface IPlanRule
{
    string Name { get; }

    RuleResult Check(RuleInputs inputs);
}

internal static class RuleAnswers
{
    public static RuleResult Pass(this IPlanRule rule, string detail) => new(rule.Name, RuleOutcome.Pass, detail);

    public static RuleResult Approval(this IPlanRule rule, string detail) => new(rule.Name, RuleOutcome.Approval, detail);

    public static RuleResult Deny(this IPlanRule rule, string detail) => new(rule.Name, RuleOutcome.Deny, detail);

    /// <summary>Everything that speaks against it at once, or the reason why nothing does.</summary>
    public static RuleResult DenyAny(this IPlanRule rule, IEnumerable<string> reasons, string otherwise)
    {
        var all = reasons.Distinct(StringComparer.Ordinal).ToArray();
        return all.Length == 0 ? rule.Pass(otherwise) : rule.Deny(Sentences.Join(all));
    }
}

/// <summary>Puts reasons together without letting a plan with a thousand changes write a thousand sentences.</summary>
internal static class Sentences
{
    private const int Most = 5;

    public static string Join(IReadOnlyCollection<string> sentences) => sentences.Count <= Most
        ? string.Join(' ', sentences)
        : $"{string.Join(' ', sentences.Take(Most))} And {sentences.Count - Most} more.";
}
