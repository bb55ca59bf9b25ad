using System.Globalization;
using ReleaseTracks.Plans;

namespace ReleaseTracks.Objectives.OpenSlo;

/// <summary>The <c>spec</c> of an SLO, as far as it says what an objective can say, and where each part stood.</summary>
internal sealed record OpenSloSpec(
    bool IsGood,
    (JsonInput From, string Text) Part,
    (JsonInput From, string Text) Total,
    (JsonInput From, string? Text) Window,
    (JsonInput From, double Value) Target)
{
    private const int QueryLength = 4000;

    /// <summary>Whether these are the queries, however the lines of the document were broken at their ends.</summary>
    public bool Says(ObjectiveSource source) =>
        Part.Text.Trim() == (IsGood ? source.Good : source.Bad) && Total.Text.Trim() == source.Total;

    public static OpenSloSpec? Read(JsonInput spec)
    {
        var before = spec.Errors.Count;
        if (!spec.RequireObject(
            "description", "service", "indicator", "indicatorRef", "timeWindow", "budgetingMethod", "objectives", "alertPolicies"))
            return null;
        if (!spec.Member("indicatorRef").IsMissing)
            spec.Member("indicatorRef").Fail("A reference cannot be followed: put the indicator itself into the SLO.");
        if (spec.Member("alertPolicies").Items(int.MaxValue).Count > 0)
            spec.Member("alertPolicies").Fail("Alerts come from the shipped Prometheus rules: take the policies out.");
        if (spec.Member("budgetingMethod").RequiredString(63) is { Length: > 0 } and not OpenSloNames.Occurrences)
            spec.Member("budgetingMethod").Fail($"Only {OpenSloNames.Occurrences} can be imported: the budget here counts events, not slices of time.");
        var window = ReadWindow(spec.Member("timeWindow"));
        var target = ReadObjectives(spec.Member("objectives"));
        var metric = ReadRatio(spec.Member("indicator"), spec.Member("indicatorRef").IsMissing);
        if (spec.Errors.Count != before)
            return null;
        var isGood = !metric.Member("good").IsMissing;
        var part = isGood ? metric.Member("good") : metric.Member("bad");
        var (counted, total) = (ReadQuery(part), ReadQuery(metric.Member("total")));
        return spec.Errors.Count == before ? new(isGood, counted, total, window, target) : null;
    }

    private static JsonInput ReadRatio(JsonInput indicator, bool required)
    {
        if (indicator.IsMissing && !required)
            return default;
        var metric = indicator.Member("spec").Member("ratioMetric");
        if (!indicator.RequireObject("metadata", "spec") || !indicator.Member("spec").RequireObject("description", "ratioMetric", "thresholdMetric"))
            return metric;
        var threshold = indicator.Member("spec").Member("thresholdMetric");
        if (!threshold.IsMissing)
        {
            threshold.Fail("A threshold cannot be imported: count the events that met it and all events, and give a ratioMetric of the two.");
            return metric;
        }

        if (!metric.RequireObject("counter", "good", "bad", "total", "raw", "rawType"))
            return metric;
        if (!metric.Member("raw").IsMissing || !metric.Member("rawType").IsMissing)
            metric.Member("raw").Fail("A ready-made ratio has lost how many events it is of: give the counters good (or bad) and total.");
        else if (metric.Member("good").IsMissing == metric.Member("bad").IsMissing)
            metric.Fail("Give exactly one of good and bad, and total.");
        if (!metric.Member("counter").Flag())
            metric.Member("counter").Fail("Must be true, and the queries cumulative counters without rate() or increase(): differences are taken here.");
        return metric;
    }

    private static (JsonInput, string) ReadQuery(JsonInput metric)
    {
        var source = metric.Member("metricSource");
        var query = source.Member("spec").Member("query");
        if (!metric.RequireObject("metricSource") || !source.RequireObject("metricSourceRef", "type", "spec"))
            return (query, "");
        if (!source.Member("metricSourceRef").IsMissing)
            source.Member("metricSourceRef").Fail($"The one Prometheus of the server's settings is asked: give type: {OpenSloNames.Prometheus} instead.");
        else if (source.Member("type").RequiredString(63) is { Length: > 0 } and not OpenSloNames.Prometheus)
            source.Member("type").Fail($"Only {OpenSloNames.Prometheus} can be asked.");
        return (query, source.Member("spec").RequireObject("query") ? query.RequiredString(QueryLength) : "");
    }

    private static (JsonInput, string?) ReadWindow(JsonInput windows)
    {
        var items = windows.Items(int.MaxValue);
        if (items.Count != 1)
        {
            // OpenSLO lets it be left out; then it is what an objective here has without one.
            if (!windows.IsMissing)
                windows.Fail("Give exactly one time window.");
            return (windows, null);
        }

        var (window, duration) = (items[0], items[0].Member("duration"));
        if (!window.RequireObject("duration", "isRolling", "calendar"))
            return (duration, null);
        if (!window.Member("calendar").IsMissing || !window.Member("isRolling").Flag())
            window.Fail("Only a rolling window can be imported: give isRolling: true and no calendar.");
        var text = duration.RequiredString(63);
        if (text.Length > 0 && text[^1] is 'M' or 'Q' or 'Y')
            duration.Fail("Months, quarters and years have no fixed length: give days, such as 28d.");
        return (duration, text);
    }

    private static (JsonInput, double) ReadObjectives(JsonInput objectives)
    {
        var items = objectives.Items(int.MaxValue);
        if (items.Count != 1)
        {
            objectives.Fail("Give exactly one objective; one more promise about the same events is an SLO of its own.");
            return default;
        }

        var one = items[0];
        if (!one.RequireObject(
            "displayName", "op", "value", "target", "targetPercent", "timeSliceTarget", "timeSliceWindow", "indicator", "indicatorRef", "compositeWeight"))
            return default;
        Refuse(one, "A threshold cannot be imported: count the events that met it instead.", "op", "value");
        Refuse(one, "The budget here counts events, not slices of time: take it out.", "timeSliceTarget", "timeSliceWindow");
        Refuse(one, "An SLO of several indicators cannot be imported: make each an SLO of its own.", "indicator", "indicatorRef", "compositeWeight");
        var (target, percent) = (one.Member("target"), one.Member("targetPercent"));
        if (target.IsMissing == percent.IsMissing)
        {
            one.Fail("Give exactly one of target and targetPercent.");
            return default;
        }

        return target.IsMissing ? (percent, Hundredth(percent)) : (target, target.Number() ?? 0);
    }

    private static void Refuse(JsonInput objective, string why, params ReadOnlySpan<string> members)
    {
        foreach (var member in members)
        {
            if (!objective.Member(member).IsMissing)
                objective.Member(member).Fail(why);
        }
    }

    /// <summary>In decimal: 99.9 / 100 in binary is not the 0.999 that was meant.</summary>
    private static double Hundredth(JsonInput percent) =>
        percent.Number() is { } number && Math.Abs(number) <= 1000
            ? (double)(decimal.Parse(percent.Element.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) / 100)
            : 0;
}
