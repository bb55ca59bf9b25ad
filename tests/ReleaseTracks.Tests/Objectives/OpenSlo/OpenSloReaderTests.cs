using System.Text.Json.Nodes;
using ReleaseTracks.Objectives;
using ReleaseTracks.Objectives.OpenSlo;
using ReleaseTracks.Plans;
using ReleaseTracks.Tests.Builders;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Tests.Objectives.OpenSlo;

/// <summary>Documents of others: what is understood, and what is refused, where and why.</summary>
public sealed class OpenSloReaderTests
{
    private const string Least = """
        {"apiVersion":"openslo/v1","kind":"SLO",
         "metadata":{"name":"checkout","displayName":"Checkout","labels":{"team":["a","b"]},
                     "annotations":{"releasetracks.track":"ai","releasetracks.indicator":"quality","example.com/dashboard":"d1"}},
         "spec":{"description":"Orders go through","service":"shop",
          "indicator":{"metadata":{"name":"orders"},"spec":{"ratioMetric":{"counter":true,
            "bad":{"metricSource":{"type":"Prometheus","spec":{"query":"orders_failed_total\n"}}},
            "total":{"metricSource":{"type":"Prometheus","spec":{"query":"orders_total"}}}}}},
          "timeWindow":[{"duration":"4w","isRolling":true}],"budgetingMethod":"Occurrences",
          "objectives":[{"displayName":"Most","targetPercent":99.9}]}}
        """;

    [Fact]
    public void Document_OfAnotherTool_TakesTheDocumentedDefaults()
    {
        var (read, errors) = Read(Least);

        Assert.Empty(errors);
        var expected = new Objective
        {
            Id = "checkout",
            Indicator = Indicator.Quality,
            Target = 0.999,
            Window = TimeSpan.FromDays(28),
            Source = new(null, "orders_failed_total\n", "orders_total"),
        };
        Assert.Equal(new ScopedObjective(TrackKey.Ai, null, expected), read);
    }

    [Fact]
    public void Document_WithoutWindow_HasTheDefaultOne()
    {
        var (read, errors) = Read(Changed("spec.timeWindow", null));

        Assert.Empty(errors);
        Assert.Equal(TimeSpan.FromDays(28), read!.Objective.Window);
    }

    [Fact]
    public void Query_OfTheStandardCounter_IsTheStandardCounterUntilSomebodyEditsIt()
    {
        const string bad = "releasetracks_outcomes_total{track=\"ai\",indicator=\"harm\",outcome=\"bad\"}";
        const string total = "releasetracks_outcomes_total{track=\"ai\",indicator=\"availability\"}";
        var text = Least.Replace("orders_failed_total", Escape(bad), StringComparison.Ordinal).Replace("orders_total", Escape(total), StringComparison.Ordinal)
            .Replace("quality", "harm", StringComparison.Ordinal);

        Assert.Null(Read(text).Read!.Objective.Source);
        Assert.Equal(new(null, bad + "\n", total + " offset 1m"), Read(text.Replace(Escape(total), Escape(total) + " offset 1m", StringComparison.Ordinal)).Read!.Objective.Source);
    }

    [Theory]
    [InlineData("apiVersion", "\"openslo/v1alpha\"", "apiVersion", "Only openslo/v1 can be imported: convert the document.")]
    [InlineData("kind", "\"Service\"", "kind", "Only an SLO can be imported: put its indicator into it, and take other documents out of the file.")]
    [InlineData("kind", null, "kind", "Missing: give a string.")]
    [InlineData("extra", "1", "extra", "Unknown member; known here: apiVersion, kind, metadata, spec.")]
    [InlineData("metadata", null, "metadata", "Missing: give an object.")]
    [InlineData("metadata.name", "\"Checkout!\"", "metadata.name", "Must match [a-z0-9][a-z0-9-]{0,62}: lower-case letters, digits and hyphens.")]
    [InlineData("metadata.annotations", """{"releasetracks.indicator":"quality"}""", "metadata.annotations", "Give exactly one of the annotations releasetracks.track and releasetracks.feature: whose objective it is.")]
    [InlineData("metadata.annotations.releasetracks^feature", "\"f\"", "metadata.annotations", "Give exactly one of the annotations releasetracks.track and releasetracks.feature: whose objective it is.")]
    [InlineData("metadata.annotations.releasetracks^track", "\"beta\"", "metadata.annotations.releasetracks.track", "Unknown track; the tracks are stable, innovative and ai.")]
    [InlineData("metadata.annotations.releasetracks^indicator", null, "metadata.annotations.releasetracks.indicator", "Missing: give a string.")]
    [InlineData("metadata.annotations.releasetracks^indicator", "\"joy\"", "metadata.annotations.releasetracks.indicator", "Unknown indicator; choose availability, latency, quality or harm.")]
    [InlineData("metadata.annotations.releasetracks^alpha", "\"tiny\"", "metadata.annotations.releasetracks.alpha", "Must be a number in quotes, such as \"0.01\".")]
    [InlineData("metadata.annotations.releasetracks^alpha", "\"0.7\"", "metadata.annotations.releasetracks.alpha", "Must be above 0 and below 0.5: the accepted probability of a false rollback in 30 days.")]
    [InlineData("metadata.annotations.releasetracks^alpha", "0.01", "metadata.annotations.releasetracks.alpha", "Must be a string.")]
    [InlineData("metadata.annotations.releasetracks^on-breach", "\"panic\"", "metadata.annotations.releasetracks.on-breach", "Choose one of observe, pause, rollback.")]
    [InlineData("spec", "[]", "spec", "Must be an object.")]
    [InlineData("spec.indicatorRef", "\"orders\"", "spec.indicatorRef", "A reference cannot be followed: put the indicator itself into the SLO.")]
    [InlineData("spec.alertPolicies", "[{}]", "spec.alertPolicies", "Alerts come from the shipped Prometheus rules: take the policies out.")]
    [InlineData("spec.budgetingMethod", "\"Timeslices\"", "spec.budgetingMethod", "Only Occurrences can be imported: the budget here counts events, not slices of time.")]
    [InlineData("spec.budgetingMethod", "\"RatioTimeslices\"", "spec.budgetingMethod", "Only Occurrences can be imported: the budget here counts events, not slices of time.")]
    [InlineData("spec.budgetingMethod", null, "spec.budgetingMethod", "Missing: give a string.")]
    [InlineData("spec.timeWindow", "[]", "spec.timeWindow", "Give exactly one time window.")]
    [InlineData("spec.timeWindow", """[{"duration":"1d","isRolling":false,"calendar":{}}]""", "spec.timeWindow[0]", "Only a rolling window can be imported: give isRolling: true and no calendar.")]
    [InlineData("spec.timeWindow", """[{"duration":"1d"}]""", "spec.timeWindow[0]", "Only a rolling window can be imported: give isRolling: true and no calendar.")]
    [InlineData("spec.timeWindow", """[{"duration":"1M","isRolling":true}]""", "spec.timeWindow[0].duration", "Months, quarters and years have no fixed length: give days, such as 28d.")]
    [InlineData("spec.timeWindow", """[{"duration":"5m","isRolling":true}]""", "spec.timeWindow[0].duration", "Must be a duration from 1h to 90d, such as 28d.")]
    [InlineData("spec.objectives", "[]", "spec.objectives", "Give exactly one objective; one more promise about the same events is an SLO of its own.")]
    [InlineData("spec.objectives", """[{"target":0.9},{"target":0.99}]""", "spec.objectives", "Give exactly one objective; one more promise about the same events is an SLO of its own.")]
    [InlineData("spec.objectives", """[{"target":1}]""", "spec.objectives[0].target", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("spec.objectives", """[{"targetPercent":100}]""", "spec.objectives[0].targetPercent", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("spec.objectives", """[{"targetPercent":1e300}]""", "spec.objectives[0].targetPercent", "Must be above 0 and below 1, such as 0.99: a target of 1 leaves no error budget.")]
    [InlineData("spec.objectives", """[{"target":0.9,"targetPercent":90}]""", "spec.objectives[0]", "Give exactly one of target and targetPercent.")]
    [InlineData("spec.objectives", """[{"target":0.9,"op":"lte"}]""", "spec.objectives[0].op", "A threshold cannot be imported: count the events that met it instead.")]
    [InlineData("spec.objectives", """[{"target":0.9,"timeSliceWindow":"1m"}]""", "spec.objectives[0].timeSliceWindow", "The budget here counts events, not slices of time: take it out.")]
    [InlineData("spec.objectives", """[{"target":0.9,"compositeWeight":1}]""", "spec.objectives[0].compositeWeight", "An SLO of several indicators cannot be imported: make each an SLO of its own.")]
    [InlineData("spec.indicator", null, "spec.indicator", "Missing: give an object.")]
    [InlineData("spec.indicator.spec", """{"thresholdMetric":{}}""", "spec.indicator.spec.thresholdMetric", "A threshold cannot be imported: count the events that met it and all events, and give a ratioMetric of the two.")]
    [InlineData("spec.indicator.spec.ratioMetric.counter", "false", "spec.indicator.spec.ratioMetric.counter", "Must be true, and the queries cumulative counters without rate() or increase(): differences are taken here.")]
    [InlineData("spec.indicator.spec.ratioMetric.raw", "{}", "spec.indicator.spec.ratioMetric.raw", "A ready-made ratio has lost how many events it is of: give the counters good (or bad) and total.")]
    [InlineData("spec.indicator.spec.ratioMetric.good", "{}", "spec.indicator.spec.ratioMetric", "Give exactly one of good and bad, and total.")]
    [InlineData("spec.indicator.spec.ratioMetric.total", null, "spec.indicator.spec.ratioMetric.total", "Missing: give an object.")]
    [InlineData("spec.indicator.spec.ratioMetric.total.metricSource.type", "\"Datadog\"", "spec.indicator.spec.ratioMetric.total.metricSource.type", "Only Prometheus can be asked.")]
    [InlineData("spec.indicator.spec.ratioMetric.total.metricSource.metricSourceRef", "\"mine\"", "spec.indicator.spec.ratioMetric.total.metricSource.metricSourceRef", "The one Prometheus of the server's settings is asked: give type: Prometheus instead.")]
    [InlineData("spec.indicator.spec.ratioMetric.total.metricSource.spec", """{"query":"x","step":1}""", "spec.indicator.spec.ratioMetric.total.metricSource.spec.step", "Unknown member; known here: query.")]
    public void Document_ThatMeansSomethingElse_IsRefusedWithPathAndFix(string path, string? value, string where, string message)
    {
        var (read, errors) = Read(Changed(path, value));

        Assert.Null(read);
        Assert.Equal(new InputError("documents[0]." + where, message), Assert.Single(errors));
    }

    [Fact]
    public void Annotation_Misspelt_IsNotIgnored()
    {
        var (_, errors) = Read(Changed("metadata.annotations.releasetracks^onbreach", "\"pause\""));

        Assert.Equal("documents[0].metadata.annotations.releasetracks.onbreach", Assert.Single(errors).Path);
        Assert.Contains("releasetracks.on-breach", errors[0].Message);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("\"x\"")]
    [InlineData("{}")]
    [InlineData("""{"apiVersion":"openslo/v1","kind":"SLO","metadata":[],"spec":1}""")]
    [InlineData("""{"apiVersion":"openslo/v1","kind":"SLO","metadata":{"name":"a","annotations":{"releasetracks.track":"ai"}},"spec":{"indicator":[],"objectives":{},"timeWindow":[[]]}}""")]
    public void Document_OfAnyShape_IsRefusedWithoutThrowing(string text)
    {
        var (read, errors) = Read(text);

        Assert.Null(read);
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void Import_UnknownFeatureOrTheSameObjectiveTwice_IsRefused()
    {
        var errors = new InputErrors();
        var foreign = Least.Replace("releasetracks.track\":\"ai\"", "releasetracks.feature\":\"nobody\"", StringComparison.Ordinal);
        JsonInput[] documents = [.. new[] { Least, Least, foreign }.Select((text, i) => new JsonInput(Make.Json(text), $"documents[{i}]", errors))];

        Assert.Empty(OpenSloImport.Changes(Make.Snapshot(Make.Feature()), documents, errors));

        Assert.Equal(
            [
                new("documents[1]", "The objective checkout of track/ai is in the file twice: keep one."),
                new("documents[2]", "There is no feature nobody: put it first, or correct the annotation releasetracks.feature."),
            ],
            errors.All);
    }

    private static (ScopedObjective? Read, IReadOnlyList<InputError> Errors) Read(string text)
    {
        var errors = new InputErrors();
        return (OpenSloReader.Read(new(Make.Json(text), "documents[0]", errors)), errors.All);
    }

    /// <summary>The document with one member set, or removed when the value is null; ^ stands for a dot in a name.</summary>
    private static string Changed(string path, string? value)
    {
        var root = JsonNode.Parse(Least)!;
        var names = path.Split('.').Select(name => name.Replace('^', '.')).ToArray();
        var parent = names[..^1].Aggregate(root, (node, name) => node[name]!).AsObject();
        parent.Remove(names[^1]);
        if (value is not null)
            parent[names[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }

    private static string Escape(string text) => text.Replace("\"", "\\\"", StringComparison.Ordinal);
}
