using System.Globalization;

namespace ReleaseTracks.Plans.Rules;

/// <summary>Nobody approves their own plan, unless there is nobody else.</summary>
internal sealed class NotAuthorRule : IPlanRule
{
    public string Name => "not-author";

    public RuleResult Check(RuleInputs inputs)
    {
        if (inputs.ApprovalsNeeded == 0 || inputs.Approvals >= inputs.ApprovalsNeeded)
            return this.Pass(inputs.ApprovalsNeeded == 0 ? "No approval is needed." : "Approved by the people it takes.");
        return this.Approval(Quorum.IsSolo(inputs.Before, inputs.Author)
            ? $"Nobody but {inputs.Author.Id} may approve yet: their own approval counts and is marked solo."
            : $"{inputs.Author.Id} proposed this: somebody else has to approve it.");
    }
}

/// <summary>Enough different people have approved.</summary>
internal sealed class QuorumRule : IPlanRule
{
    public string Name => "quorum";

    public RuleResult Check(RuleInputs inputs)
    {
        var why = inputs.Raises ? "The plan raises what users get" : "The plan loosens what holds";
        if (inputs.ApprovalsNeeded == 0)
            return this.Pass($"{why}, but no approval is asked for: ReleaseTracks:Plans:Approvals is 0.");
        var given = string.Create(CultureInfo.InvariantCulture, $"{inputs.Approvals} of {inputs.ApprovalsNeeded}");
        return inputs.Approvals >= inputs.ApprovalsNeeded
            ? this.Pass($"{why}; {given} approvals are given.")
            : this.Approval($"{why}; {given} approvals are given.");
    }
}

/// <summary>Says what a plan loosens: users get the same, but what protects them would be weaker.</summary>
internal sealed class LooseningRule : IPlanRule
{
    public string Name => "loosening";

    public RuleResult Check(RuleInputs inputs)
    {
        if (inputs.Loosened.IsEmpty)
            return this.Pass("Nothing that protects users is loosened.");
        var detail = Sentences.Join(inputs.Loosened);
        return inputs.Approvals >= inputs.ApprovalsNeeded ? this.Pass(detail) : this.Approval(detail);
    }
}
