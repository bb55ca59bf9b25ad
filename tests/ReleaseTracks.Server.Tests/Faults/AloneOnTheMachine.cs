using ReleaseTracks.Server.Tests.Rollbacks;

namespace ReleaseTracks.Server.Tests.Faults;

/// <summary>For what leaves nothing for other tests, or measures what they would spoil: one after the other, and nothing beside.</summary>
[CollectionDefinition(nameof(AloneOnTheMachine), DisableParallelization = true)]
public sealed class AloneOnTheMachine : ICollectionFixture<ControlStore>;
