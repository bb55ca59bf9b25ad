using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using ReleaseTracks.Benchmarks.Report;
using ReleaseTracks.Evaluation;
using ReleaseTracks.Features;
using ReleaseTracks.Snapshots;
using ReleaseTracks.Tracks;

namespace ReleaseTracks.Benchmarks.Evaluation;

/// <summary>
/// The same features here and in Microsoft.FeatureManagement, with the same meaning, for the same users. Plain serves one variant
/// to everybody, Group serves another on the AI track, Split divides the AI track 50/50 (the track is a group of the targeting
/// filter, the split is by percentile).
/// </summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByParams)]
[HideColumns("Error", "StdDev", "RatioSD", "Job", "Toolchain")]
public abstract class FlagsBenchmark
{
    private const int Users = 1024;
    private const int Compared = 128;
    private static readonly ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>> NoReleases = ImmutableSortedDictionary<TrackKey, ImmutableArray<Share>>.Empty;
    private readonly string[] users = [.. Enumerable.Range(0, Users).Select(i => $"user-{i}@example.com")];
    private readonly TargetingContext[] contexts;
    private int next;

    protected FlagsBenchmark() => contexts = [.. users.Select(user => new TargetingContext { UserId = user, Groups = ["track:ai"] })];

    [Params(1, 200, 2000)]
    public int Flags { get; set; }

    [Params(Serving.Plain, Serving.Group, Serving.Split)]
    public Serving Serves { get; set; }

    protected IVariantFeatureManager Manager { get; private set; } = null!;

    protected Snapshot State { get; private set; } = null!;

    protected string NextUser => users[next++ & (Users - 1)];

    protected TargetingContext NextContext => contexts[next++ & (Users - 1)];

    [GlobalSetup]
    public virtual async Task Prepare()
    {
        State = Snapshot.Empty with { Revision = 1, Features = Features() };
        Manager = FeatureManagement();
        var results = new Result[Flags];
        foreach (var context in contexts.Take(Compared))
        {
            Evaluator.EvaluateAll(State, TrackKey.Ai, context.UserId, results);
            foreach (var ours in results)
            {
                var theirs = await Manager.GetVariantAsync(ours.Feature.Key, context);
                if (theirs.Name != ours.Variant!.Name)
                    throw new InvalidOperationException($"{context.UserId} gets {ours.Variant.Name} of {ours.Feature.Key} here and {theirs.Name} there: nothing to compare.");
            }
        }
    }

    private protected static IReadOnlyList<Comparison> Measure<T>(string what)
        where T : FlagsBenchmark
    {
        var config = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
        var summary = BenchmarkRunner.Run<T>(config);
        var rows = summary.Reports.Where(report => report.ResultStatistics is not null)
            .GroupBy(report => (Flags: (int)report.BenchmarkCase.Parameters["Flags"], Serves: (Serving)report.BenchmarkCase.Parameters["Serves"]))
            .Select(pair => Row(
                $"{what}, {pair.Key.Serves.ToString().ToLowerInvariant()}, {pair.Key.Flags} flags",
                pair.Single(report => !report.BenchmarkCase.Descriptor.Baseline),
                pair.Single(report => report.BenchmarkCase.Descriptor.Baseline)));
        return [.. rows];
    }

    protected static string Key(int i) => $"feature-{i}";

    private static Comparison Row(string what, BenchmarkReport ours, BenchmarkReport theirs) => Comparison.Of(
        what, ours.ResultStatistics!.Mean, "Microsoft.FeatureManagement", theirs.ResultStatistics!.Mean, "ns",
        string.Create(CultureInfo.InvariantCulture, $"{theirs.ResultStatistics.Mean / ours.ResultStatistics.Mean:0} × faster; {Bytes(ours)} B against {Bytes(theirs)} B"));

    private static long Bytes(BenchmarkReport report) => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase) ?? 0;

    private ImmutableSortedDictionary<string, FeatureModel> Features()
    {
        using var values = JsonDocument.Parse("[false,true]");
        var (off, on) = (values.RootElement[0].Clone(), values.RootElement[1].Clone());
        return Enumerable.Range(0, Flags).Select(i => new Feature
        {
            Key = Key(i),
            Name = Key(i),
            Variants = [new("off", off), new("on", on)],
            Fallback = "off",
            Releases = Serves switch
            {
                Serving.Plain => NoReleases.Add(TrackKey.Stable, [new("on", 100)]),
                Serving.Group => NoReleases.Add(TrackKey.Ai, [new("on", 100)]),
                _ => NoReleases.Add(TrackKey.Ai, [new("on", 50), new("off", 50)]),
            },
        }).ToImmutableSortedDictionary(feature => feature.Key, feature => new FeatureModel(feature, 1), StringComparer.Ordinal);
    }

    private IVariantFeatureManager FeatureManagement()
    {
        const string filter = """ "conditions":{"client_filters":[{"name":"Microsoft.Targeting","parameters":{"Audience":{"Groups":[{"Name":"track:ai","RolloutPercentage":100}],"DefaultRolloutPercentage":0}}}]}, """;
        var (conditions, allocation) = Serves switch
        {
            Serving.Plain => ("", """ "default_when_enabled":"on" """),
            Serving.Group => ("", """ "default_when_enabled":"off","group":[{"variant":"on","groups":["track:ai"]}] """),
            _ => (filter, """ "default_when_disabled":"off","default_when_enabled":"off","percentile":[{"variant":"on","from":0,"to":50},{"variant":"off","from":50,"to":100}] """),
        };
        var flags = Enumerable.Range(0, Flags).Select(i => $$"""
            {"id":"{{Key(i)}}","enabled":true,{{conditions}}
             "variants":[{"name":"off","configuration_value":false},{"name":"on","configuration_value":true}],"allocation":{ {{allocation}} } }
            """);
        var json = "{\"feature_management\":{\"feature_flags\":[" + string.Join(',', flags) + "]}}";
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddFeatureManagement();
        return services.BuildServiceProvider().GetRequiredService<IVariantFeatureManager>();
    }
}

/// <summary>What the feature that is evaluated does.</summary>
public enum Serving
{
    Plain,
    Group,
    Split,
}
