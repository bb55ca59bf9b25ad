using ReleaseTracks.Objectives;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Objectives;

public sealed class ObjectiveJsonTests
{
    private static (IReadOnlyList<Objective> Objectives, IReadOnlyList<InputError> Errors) Read(string json)
    {
        var errors = new InputErrors();
        return (ObjectiveJson.ReadAll(new JsonInput(Make.Json(json), "objectives", errors), 2), errors.All);
    }

    [Fact]
    public void Read_Least_HasTheDocumentedDefaults()
    {
        var objective = Assert.Single(Read("""[{"id":"a","indicator":"latency","target":0.99}]""").Objectives);
        Assert.Equal(new Objective { Id = "a", Indicator = Indicator.Latency, Target = 0.99 }, objective);
        Assert.Equal(
            (TimeSpan.FromDays(28), 0.01, 1d, SharedOutageAction.Hold, 0d, (Indicator?)null),
            (objective.Window, objective.Alpha, objective.Margin, objective.SharedOutage, objective.MinBudgetSpent, objective.TotalFrom));
        Assert.Equal([BreachAction.Observe, BreachAction.Pause, BreachAction.Rollback], TrackKeys.All.Select(objective.BreachActionOn));
    }

    [Fact]
    public void Read_Harm_CountsOpportunitiesByAvailability() =>
        Assert.Equal(Indicator.Availability, Assert.Single(Read("""[{"id":"a","indicator":"harm","target":0.99}]""").Objectives).TotalFrom);

    [Theory]
    [InlineData("\"target\":1", "target", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("\"target\":0", "target", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("\"target\":99", "target", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("\"target\":null", "target", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("\"target\":\"0.9\"", "target", "Must be a number.")]
    [InlineData("\"target\":0.9,\"alpha\":0", "alpha", "Must be above 0 and below 0.5: the accepted probability of a false rollback in 30 days.")]
    [InlineData("\"target\":0.9,\"alpha\":0.5", "alpha", "Must be above 0 and below 0.5: the accepted probability of a false rollback in 30 days.")]
    [InlineData("\"target\":0.9,\"margin\":0.9", "margin", "Must be from 1 to 100.")]
    [InlineData("\"target\":0.9,\"minBudgetSpent\":1.1", "minBudgetSpent", "Must be from 0 to 1.")]
    [InlineData("\"target\":0.9,\"window\":\"59m\"", "window", "Must be a duration from 1h to 90d, such as 28d.")]
    [InlineData("\"target\":0.9,\"window\":\"91d\"", "window", "Must be a duration from 1h to 90d, such as 28d.")]
    [InlineData("\"target\":0.9,\"window\":\"soon\"", "window", "Must be a duration from 1h to 90d, such as 28d.")]
    [InlineData("\"target\":0.9,\"onBreach\":\"panic\"", "onBreach", "Choose one of observe, pause, rollback.")]
    [InlineData("\"target\":0.9,\"onBreach\":\"Rollback\"", "onBreach", "Choose one of observe, pause, rollback.")]
    [InlineData("\"target\":0.9,\"sharedOutage\":\"wait\"", "sharedOutage", "Choose one of hold, rollback.")]
    [InlineData("\"target\":0.9,\"totalFrom\":\"joy\"", "totalFrom", "Unknown indicator; choose availability, latency, quality or harm.")]
    [InlineData("\"target\":0.9,\"source\":{\"total\":\"t\"}", "source", "Give exactly one of good and bad, and total.")]
    [InlineData("\"target\":0.9,\"source\":{\"good\":\"g\",\"bad\":\"b\",\"total\":\"t\"}", "source", "Give exactly one of good and bad, and total.")]
    [InlineData("\"target\":0.9,\"source\":{\"good\":\"g\"}", "source.total", "Missing: give a string.")]
    [InlineData("\"target\":0.9,\"source\":\"up\"", "source", "Must be an object.")]
    public void Objective_Bad_IsRefusedWithPathAndFix(string members, string path, string message) =>
        Assert.Equal(
            new InputError("objectives[0]." + path, message),
            Assert.Single(Read($$"""[{"id":"a","indicator":"quality",{{members}}}]""").Errors));

    [Theory]
    [InlineData("""[{"id":"a","target":0.9}]""", "objectives[0].indicator", "Missing: give a string.")]
    [InlineData("""[{"id":"a","indicator":"joy","target":0.9}]""", "objectives[0].indicator", "Unknown indicator; choose availability, latency, quality or harm.")]
    [InlineData("""[{"id":"A","indicator":"harm","target":0.9}]""", "objectives[0].id", "Must match [a-z0-9][a-z0-9-]{0,62}: lower-case letters, digits and hyphens.")]
    [InlineData("[1]", "objectives[0]", "Must be an object.")]
    [InlineData("[1,2,3]", "objectives", "Has 3 items; at most 2 are allowed.")]
    [InlineData("""[{"id":"a","indicator":"harm","target":0.9},{"id":"a","indicator":"quality","target":0.9}]""", "objectives[1].id", "Given twice: each objective needs its own id.")]
    public void Objectives_Bad_AreRefusedWithPathAndFix(string json, string path, string message) =>
        Assert.Equal(new InputError(path, message), Assert.Single(Read(json).Errors));
}
