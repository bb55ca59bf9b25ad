using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace ReleaseTracks.Server.Tests.Store;

/// <summary>Runs a contract test once against the embedded store, once against a real Redis and once against a real Redis Cluster.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EveryBackendAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow(Backend.Garnet), new TheoryDataRow(Backend.Redis), new TheoryDataRow(Backend.Cluster)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
